"""What a run of the bench finds: figures, counts that are judged, and what was skipped.

A count decides the exit status. A figure has a value for each run, may stand beside the figure
of a peer that ran in the same rounds, and may have a limit, which decides nothing.
"""
import statistics
from dataclasses import dataclass, field


def spread(values, digits=6):
    """Median, least and greatest of @values, as they go into the JSON."""
    rounded = [float(f"{v:.{digits}g}") for v in values]
    return {"median": statistics.median(rounded), "min": min(rounded), "max": max(rounded),
            "runs": len(rounded)}


@dataclass
class Figure:
    subject: str
    name: str
    unit: str
    values: list
    tool: str = ""
    case: str = ""
    peer: str = ""
    beside: list = field(default_factory=list)  # the peer's, round by round
    at_most: float = None
    at_least: float = None

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def ratios(self):
        return [mine / theirs for mine, theirs in zip(self.values, self.beside) if theirs > 0]

    @property
    def judged(self):
        """What the limit is about: the ratio when there is a peer, else the value."""
        if not self.peer:
            return self.median
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def limited(self):
        return self.at_most is not None or self.at_least is not None

    @property
    def met(self):
        if not self.limited or self.judged is None:
            return None
        return ((self.at_most is None or self.judged <= self.at_most) and
                (self.at_least is None or self.judged >= self.at_least))

    @property
    def title(self):
        return ", ".join(part for part in (self.tool, self.name, self.case) if part)

    def as_json(self):
        found = {"subject": self.subject, "name": self.name, "case": self.case,
                 "tool": self.tool, "unit": self.unit, **spread(self.values),
                 "values": [float(f"{v:.6g}") for v in self.values],
                 "peer": self.peer or None,
                 "ratio": spread(self.ratios, 4) if self.ratios else None,
                 "limit": None, "met": self.met}
        if self.limited:
            found["limit"] = {"of": "ratio" if self.peer else "value"}
            for bound in ("at_most", "at_least"):
                if getattr(self, bound) is not None:
                    found["limit"][bound] = getattr(self, bound)
        return found


class Record:
    def __init__(self):
        self.subject, self.took_s = "", {}
        self.figures, self.counts, self.skipped, self.lines = [], [], [], []

    # ---- text of the report ----

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def section(self, title, *paragraphs):
        self.say()
        self.say(f"## {title}")
        self.say()
        for text in paragraphs:
            self.say(text)
            self.say()

    def table(self, heads, rows):
        self.say("| " + " | ".join(heads) + " |")
        self.say("|" + "---|" * len(heads))
        for row in rows:
            self.say("| " + " | ".join(str(cell) for cell in row) + " |")
        self.say()

    # ---- findings ----

    def figure(self, name, values, unit, **details):
        """A figure of the subject; @beside are the values of @peer in the same rounds."""
        found = Figure(self.subject, name, unit, list(values), **details)
        self.figures.append(found)
        if found.limited:
            self.say(f"- {verdict(found)}: {found.title}: {shown(found)}, {bound(found)}")
        return found

    def judge(self, what, ok, seen):
        self.counts.append({"subject": self.subject, "what": what, "ok": bool(ok),
                            "seen": str(seen)})
        self.say(f"- {'ok' if ok else 'FAILED'}: {what} ({seen})")

    def skip(self, what, why):
        self.skipped.append({"subject": self.subject, "what": what, "why": why})
        self.say(f"- skipped: {what}: {why}")

    @property
    def failed(self):
        return sum(not count["ok"] for count in self.counts)

    @property
    def passed(self):
        return len(self.counts) - self.failed


def number(value):
    """Three significant digits, thousands apart."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def shown(figure):
    """The value with its unit, and the ratio when there is a peer."""
    text = f"{number(figure.median)} {figure.unit}".rstrip()
    if figure.peer:
        text += f", {number(figure.judged)} x {figure.peer}"
    return text


def bound(figure):
    times = " x" if figure.peer else f" {figure.unit}".rstrip()
    if figure.at_least is not None:
        return f"at least {number(figure.at_least)}{times}"
    return f"at most {number(figure.at_most)}{times}"


def verdict(figure):
    return {True: "target met", False: "target not met", None: "target not judged"}[figure.met]
