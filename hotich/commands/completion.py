"""`hotich completion SHELL`: a script by which a shell completes commands, options and file names."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")


def run(arguments: Namespace) -> int:
    """Prints the script for the shell that is named."""
    from hotich.cli import _parser

    print(script(_parser(), arguments.shell), end="")
    return 0


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """What the shell is to run once, or to keep where it looks for completions."""
    known = dict(_commands(parser))
    if shell == "fish":
        return _fish(known)
    head = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    return head + _bash(known)


def _commands(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The words that can follow each command, by the words that name it."""
    words = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words = [*action.choices, *words]
            for name, inner in action.choices.items():
                yield from _commands(inner, (*path, name))
        elif action.choices and not action.option_strings:
            words = [*map(str, action.choices), *words]
    yield path, words


def _bash(known: dict[tuple[str, ...], list[str]]) -> str:
    cases = "\n".join(f'    "{" ".join(path)}") words="{" ".join(words)}" ;;' for path, words in sorted(known.items()))
    return f"""# hotich: complete commands and options; file names where none of them fits
_hotich() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" path="" word words=""
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in -*) break ;; esac
    case " {" ".join(sorted({" ".join(path[:2]) for path in known if path}, key=len))} " in
      *" ${{path:+$path }}$word "*) path="${{path:+$path }}$word" ;;
      *) break ;;
    esac
  done
  case "$path" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in
    -*) ;;
    *) if [ -n "$path" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi ;;
  esac
}}
complete -o filenames -F _hotich hotich
"""


def _fish(known: dict[tuple[str, ...], list[str]]) -> str:
    lines = ["# hotich: complete commands and options"]
    for path, words in sorted(known.items()):
        seen = f"__fish_seen_subcommand_from {path[-1]}" if path else "__fish_use_subcommand"
        for word in words:
            what = f"-l {word[2:]}" if word.startswith("--") else f"-f -a {word}"
            lines.append(f"complete -c hotich -n '{seen}' {what}")
    return "\n".join(lines) + "\n"
