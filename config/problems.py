"""What is wrong with a configuration file, said so that the reader can mend it."""

from dataclasses import dataclass

from config.words import NOTHING, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One fault. `line` 0 where the value came from the environment or the command line; `allowed` what it may be."""

    source: str
    line: int
    key: str
    value: str
    message: Words
    allowed: Words = NOTHING

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        shown = f" = {self.value}" if self.value else ""
        return f"{place}: {self.key}{shown}: {self.message}"


class ConfigError(Exception):
    """A configuration that was refused; nothing of it was applied."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
