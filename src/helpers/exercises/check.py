"""The cell under an exercise: compares the learner's answer and says what is off."""

import base64
import json
import os
from pathlib import Path

from helpers.exercises.answer_types import settle
from helpers.exercises.judge import judge, plain, wrong_type
from helpers.expect import expect

KEY = "answers.json"
FOLDER = Path(__file__).resolve().parents[3] / "notebooks"
GRADING = "EVIDENCE_GRADING"  # set where answers are graded: a missing one fails there
NOTE = "Expected answers for the self-checks, folded so that nobody reads them by accident."


class NotYet(Exception):
    """An answer that is not right yet: one line, no traceback."""

    def _render_traceback_(self):
        """Show the line alone (IPython calls this)."""
        return [f"Not yet. {self}"]


def check(name, namespace=None, key=KEY):
    """Check the answer to one exercise.

    Parameters
    ----------
    name : str
        Number of the notebook and of the exercise, for example "31.2". The answer is the
        variable `answer_2`.
    namespace : dict, optional
        Where the variable is looked up; the notebook's own by default.
    key : str or pathlib.Path, optional
        The file with expected answers; by default the one beside the notebook, or else the
        collection's own, as where papermill starts a kernel in another folder.

    Raises
    ------
    NotYet
        If the answer is of another type, or does not agree. The message says what is off, and if
        the answer depends on a parameter that was changed, and not as an exercise says, what to
        put back. An answer that is still ``...`` is only said to be so, and fails where answers
        are graded.
    """
    variable = variable_of(name)
    if namespace is None:
        from IPython import get_ipython

        namespace = get_ipython().user_ns
    if variable not in namespace:
        raise NotYet(f"{variable} does not exist: did the cell above run without an error?")
    if namespace[variable] is ... and GRADING not in os.environ:
        print(f"{name}: not answered yet")
        return
    questions = read_key(key if Path(key).exists() else FOLDER / Path(key).name)
    expect("exercise", name, questions, NotYet)
    question = questions[name]
    problem = off(settle(namespace[variable]), question, namespace)
    if problem:
        raise NotYet(f"{variable}: {problem}")
    print(f"{name}: your answer agrees.")


def off(answer, question, namespace):
    """Say what is off in an answer, given the parameters of the notebook that it comes from.

    Parameters
    ----------
    answer : object
    question : dict
        As `judge` takes it; with ``parameters``, the defaults of those that the expected answer
        depends on; each mistake may have its own; and with ``states``, what is expected instead
        where an exercise says to change them.
    namespace : dict
        The notebook's names.

    Returns
    -------
    str
        Empty if the answer agrees with the parameters as they came, or with those of the notebook.
    """
    problem = judge(answer, _in_place(question, namespace))
    back = put_back(namespace, question.get("parameters", {}))
    if not problem or not back or wrong_type(answer, question):
        return problem
    for state in question.get("states", []):
        if not put_back(namespace, state["parameters"]):
            return judge(answer, question | state)
    return f"{problem}; if your answer is for the parameters as you changed them, {back}"


def put_back(namespace, defaults):
    """Say which parameters of a notebook to put back to their defaults; nothing if none."""
    changed = [n for n, value in defaults.items() if not _is(namespace.get(n), value)]
    each = " and ".join(f"{n} back to its default ({_shown(defaults[n])})" for n in changed)
    return each and f"put {each} first, and run the notebook again"


def _in_place(question, namespace):
    """Return a question with those mistakes whose value holds for the notebook's parameters."""
    mistakes = question.get("mistakes", [])
    return question | {
        "mistakes": [m for m in mistakes if not put_back(namespace, m.get("parameters", {}))]
    }


def _is(value, default):
    try:
        return plain(value) == default
    except (OverflowError, TypeError, ValueError):  # no default is of such a type
        return False


def _shown(value):
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return f"{value:.15g}" if isinstance(value, float) else repr(value)


def variable_of(name):
    """Name the variable that holds the answer: "31.2" gives answer_2."""
    return f"answer_{name.partition('.')[2]}"


def read_key(path):
    """Read the expected answers by exercise.

    Raises
    ------
    NotYet
        If the file is missing or damaged.
    """
    try:
        answers = json.loads(Path(path).read_text(encoding="utf-8"))["answers"]
        return {name: _unfolded(text) for name, text in answers.items()}
    except FileNotFoundError:
        raise NotYet(
            f"{Path(path).name} was not found beside this notebook: keep both in one folder"
        ) from None
    except (AttributeError, ValueError, KeyError, TypeError) as error:
        raise NotYet(f"{Path(path).name} is damaged ({error}): unpack it again") from None


def folded(questions):
    """Return the text of an answer file.

    Parameters
    ----------
    questions : dict of str to dict
        See `helpers.exercises.judge.judge`.
    """
    answers = {name: _folded(question) for name, question in sorted(questions.items())}
    return json.dumps({"note": NOTE, "answers": answers}, indent=1) + "\n"


def _folded(question):
    text = json.dumps(question, ensure_ascii=False, sort_keys=True)
    return base64.b64encode(text.encode()).decode()


def _unfolded(text):
    return json.loads(base64.b64decode(text, validate=True))
