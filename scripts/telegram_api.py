"""Writes tests/support/telegram_api.json: what Telegram's Bot API says of the methods that we call, for a test of our requests.

    python scripts/telegram_api.py

Source: the package aiogram (MIT), whose methods and types are generated from the Bot API's own page. Its wheel is read as data
and never run; only names, types, lengths and what is required are kept.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

TARGET: Final = Path(__file__).resolve().parents[1] / "tests" / "support" / "telegram_api.json"
PACKAGE: Final = "aiogram==3.31.0"
SHA256: Final = "d889493c5917a867fc9da81fd6e6b3ae438e98bfe1b004fcdafe7400461a6c1b"
METHODS: Final = ("sendMessage", "answerCallbackQuery", "editMessageReplyMarkup")
TYPES: Final = ("InlineKeyboardMarkup", "InlineKeyboardButton", "LinkPreviewOptions")
LENGTH: Final = re.compile(r"(\d+)-(\d+) (characters|bytes)")
REQUIRED_IF: Final = re.compile(r"Required if (.*?) (?:is|are) not specified")
JSON_NAMES: Final = {"int": "integer", "str": "string", "bool": "boolean", "float": "number"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ZipFile(fetched(Path(folder))) as wheel:
        said = {
            "source": PACKAGE,
            "bot_api": assigned(parsed(wheel, "aiogram/__meta__.py"), "__api_version__"),
            "methods": {name: fields(wheel, "methods", name[0].upper() + name[1:]) for name in METHODS},
            "types": {name: fields(wheel, "types", name) for name in TYPES},
        }
    TARGET.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: Bot API {said['bot_api']}")


def fetched(folder: Path) -> Path:
    (folder / "wanted.txt").write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    subprocess.run([*pip, "-d", folder, "-r", folder / "wanted.txt"], check=True)
    return next(folder.glob("*.whl"))


def parsed(wheel: ZipFile, path: str) -> ast.Module:
    return ast.parse(wheel.read(path))


def assigned(module: ast.Module, name: str) -> Any:
    values = [node.value for node in module.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name]
    return ast.literal_eval(values[0])


def fields(wheel: ZipFile, room: str, name: str) -> dict[str, dict[str, Any]]:
    """A field stands before its description, as an annotation before a string."""
    module = parsed(wheel, f"aiogram/{room}/{in_small_letters(name)}.py")
    (body,) = [node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == name]
    found = {}
    for field, about in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(about, ast.Expr):
            found[ast.unparse(field.target)] = described(wheel, field, ast.literal_eval(about.value))
    return found


def described(wheel: ZipFile, field: ast.AnnAssign, about: str) -> dict[str, Any]:
    kinds = [kind for kind in alternatives(wheel, field.annotation) if kind not in {"None", "Default"}]
    said: dict[str, Any] = {"types": [JSON_NAMES.get(kind, kind) for kind in kinds], "required": field.value is None}
    if found := REQUIRED_IF.match(about):
        said["required_without"] = re.findall(r"\*(\w+)\*", found[1])
    if found := LENGTH.search(about):
        said |= {"shortest": int(found[1]), "longest": int(found[2]), "counted_in": found[3]}
    return said | ({"deprecated": True} if "deprecated::" in about else {})


def alternatives(wheel: ZipFile, annotation: ast.expr) -> list[str]:
    if isinstance(annotation, ast.BinOp):
        return [*alternatives(wheel, annotation.left), *alternatives(wheel, annotation.right)]
    name = ast.unparse(annotation)
    if not name.endswith("Union"):
        return [name]
    module = parsed(wheel, f"aiogram/types/{in_small_letters(name)}.py")
    (value,) = [node.value for node in module.body if isinstance(node, ast.AnnAssign) and node.value is not None]
    return alternatives(wheel, value)


def in_small_letters(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


if __name__ == "__main__":
    main()
