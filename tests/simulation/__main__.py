"""`python -m tests.simulation FIRST LAST`: the stories of these seeds. Ends with 1 and the story when one goes wrong."""

import sys

from tests.simulation.town import first_wrong

if __name__ == "__main__":
    first, last = map(int, sys.argv[1:3])
    wrong = first_wrong(range(first, last))
    if wrong is not None:
        sys.exit("\n".join([*wrong.story, str(wrong)]))
