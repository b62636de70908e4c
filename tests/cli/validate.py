#!/usr/bin/python3
"""Validate JSON Lines against man/gcoap-json.schema.json: validate.py FILE | --schema"""
import json
import os
import sys

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../../man/gcoap-json.schema.json"), encoding="utf-8") as f:
    SCHEMA = json.load(f)


def no_repeats(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key comes twice: {keys}"
    return dict(pairs)


def main():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    if sys.argv[1] == "--schema":
        validator.check_schema(SCHEMA)
        return 0
    wrong = lines = 0
    with open(sys.argv[1], encoding="utf-8") as records:
        for lines, line in enumerate(records, 1):
            record = json.loads(line, object_pairs_hook=no_repeats,
                                parse_constant=lambda word: sys.exit(f"{word} is not JSON"))
            for error in validator.iter_errors(record):
                wrong += 1
                print(f"line {lines}, {list(error.path)}: {error.message}\n  {line.strip()}")
    if not lines:
        print("no records")
    return wrong > 0 or not lines


if __name__ == "__main__":
    sys.exit(main())
