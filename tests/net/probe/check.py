"""The list of checks, and how they are run and told: TAP, a line for a check and a dialect."""
import os
import threading
import traceback

from coap import DIALECTS

CHECKS = []
# The reason why a check cannot pass yet: by its id, or its id and dialect.
SKIP = {}


class Check:
    def __init__(self, function, ident, title, dialect, options):
        self.function, self.ident, self.title, self.dialect = function, ident, title, dialect
        self.proxy = options.get("proxy", ("10.78.50.1", 5683))
        self.name = options.get("name", f"{ident.lower()}-{dialect.name[0]}")
        self.error = None

    def run(self, case):
        try:
            self.function(case)
        except AssertionError as error:
            line = traceback.extract_tb(error.__traceback__)[-1]
            self.error = str(error) or f"line {line.lineno}: {line.line}"
        except Exception:  # the probe's own failure is one of the check
            self.error = traceback.format_exc()


def check(ident, title, dialects=DIALECTS, **options):
    """Make a function a check; it is run once in each of @dialects."""
    def add(function):
        for dialect in dialects:
            CHECKS.append(Check(function, ident, title, dialect, options))
        return function
    return add


def run(bed, make_case, only=()):
    """All checks at once, as they mostly wait. Returns how many failed."""
    todo = [c for c in CHECKS if not only or c.ident in only]
    threads = []
    names = {}
    for number, one in enumerate(todo, 1):
        names[one.name] = names.get(one.name, 0) + 1
        name = one.name + (f"-{names[one.name]}" if names[one.name] > 1 else "")
        one.case = make_case(bed, name, number, one.dialect, one.proxy)
        threads.append(threading.Thread(target=one.run, args=(one.case,), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    print(f"1..{len(todo) + 1}")
    failed = 0
    for number, (one, thread) in enumerate(zip(todo, threads), 1):
        skip = SKIP.get(f"{one.ident} {one.dialect.name}", SKIP.get(one.ident))
        error = "never came to an end" if thread.is_alive() else one.error
        told = f"{number} - {one.ident} {one.dialect.name}: {one.title}"
        if error is None:
            print(f"ok {told}" + (" # passes, take it off the list" if skip else ""))
            continue
        print(f"ok {told} # SKIP {skip}" if skip else f"not ok {told}")
        failed += not skip
        for line in error.splitlines() + one.case.log[:60]:
            print("#   " + line)
    wrong = bed.close()
    print(f"{'not ok' if wrong else 'ok'} {len(todo) + 1} - the proxies ended well")
    for line in wrong:
        print("#   " + line.replace("\n", "\n#   "))
    if os.environ.get("PROBE_STRAY"):
        for line in bed.stray:
            print("# stray: " + line)
    return failed + bool(wrong)
