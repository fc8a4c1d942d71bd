"""`python -m ocr_models.workshop.training pack|cut|train|export ...`: from fonts and real lines to weights."""

from __future__ import annotations

import argparse
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="real lines (train and dev) at the reader's height")
    packing.add_argument("archives", type=Path, nargs="+")
    packing.add_argument("--out", type=Path, required=True)
    packing.add_argument("--quality", type=int, default=70)
    cutting = commands.add_parser("cut", help="value lines out of a labelled folder of generated documents")
    cutting.add_argument("folder", type=Path)
    cutting.add_argument("--out", type=Path, required=True)
    writing = commands.add_parser("vietnamise", help="Vietnamese lines spelt out of real pen letters")
    writing.add_argument("--real", type=Path, nargs="+", required=True)
    writing.add_argument("--out", type=Path, required=True)
    writing.add_argument("--count", type=int, default=12000)
    writing.add_argument("--seed", type=int, default=5)
    writing.add_argument("--split", choices=("train", "dev", "test"), default="train")
    writing.add_argument("--weights", type=Path, help="a folder of weights to align with (default: the repository's)")
    measuring = commands.add_parser("speed", help="lines a CPU second of each source")
    measuring.add_argument("--fonts", type=Path)
    measuring.add_argument("--real", type=Path, nargs="*", default=[])
    measuring.add_argument("--count", type=int, default=600)
    _add_train(commands.add_parser("train", help="train or go on training"))
    mixing = commands.add_parser("mix", help="weights between those of two states")
    mixing.add_argument("--before", type=Path, required=True)
    mixing.add_argument("--after", type=Path, required=True)
    mixing.add_argument("--share", type=float, default=0.75, help="of the way from one to the other")
    mixing.add_argument("--out", type=Path, required=True)
    exporting = commands.add_parser("export", help="write ONNX weights with their digests")
    exporting.add_argument("--state", type=Path, required=True)
    exporting.add_argument("--out", type=Path, default=Path("ocr_models/reader/weights"))
    exporting.add_argument("--fonts", type=Path)
    exporting.add_argument("--real", type=Path, nargs="*", default=[])
    rounding = commands.add_parser("quantise", help="int8 weights beside the fp32 ones of a folder, both measured")
    rounding.add_argument("--weights", type=Path, default=Path("ocr_models/reader/weights"))
    rounding.add_argument("--real", type=Path, nargs="*", default=[])
    rounding.add_argument("--count", type=int, default=300)
    calibrating = commands.add_parser("calibrate", help="fit the confidence of readers on lines nobody trained on")
    calibrating.add_argument("--readers", nargs="+", default=["ours"], help="ours, ours-int8, tesseract, asternet")
    calibrating.add_argument("--real", type=Path, nargs="*", default=[])
    calibrating.add_argument("--count", type=int, default=1500)
    options = parser.parse_args()
    {"pack": _pack, "cut": _cut, "train": _train, "export": _export, "calibrate": _calibrate, "quantise": _quantise,
     "vietnamise": _vietnamise, "speed": _speed, "mix": _mix}[options.command](options)  # fmt: skip


def _add_train(training: argparse.ArgumentParser) -> None:
    training.add_argument("--out", type=Path, required=True, help="where the state and the log go")
    training.add_argument("--network", choices=("strip", "line"), default="strip", help="small or large")
    training.add_argument("--start", type=Path, help="folder of published weights to start from (strip)")
    training.add_argument("--resume", type=Path, help="a state to go on from (default: that in --out)")
    training.add_argument("--fonts", type=Path, help="folder of training-only fonts")
    training.add_argument("--real", type=Path, nargs="*", default=[], help="archives of real lines")
    training.add_argument("--shards", type=Path, nargs="*", default=[], help="archives of cut lines (see cut)")
    training.add_argument("--real-share", type=float, default=0.06)
    training.add_argument("--shard-share", type=float, default=0.2)
    training.add_argument("--school-share", type=float, default=0.0, help="lines in the school hand's joined letters")
    training.add_argument(
        "--kinds",
        type=float,
        nargs=3,
        default=(0.36, 0.2, 0.44),
        metavar=("PRINT", "TYPED", "PEN"),
        help="parts of the generated lines",
    )
    training.add_argument("--seconds", type=float, required=True, help="this run's time")
    training.add_argument("--planned-seconds", type=float, help="all runs' time (learning rate schedule)")
    training.add_argument("--begun", type=float, default=0.0, help="seconds of all runs before the rate began anew")
    training.add_argument("--device", default="cpu")
    training.add_argument("--workers", type=int, default=1)
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--rate", type=float, default=4e-4)
    training.add_argument("--columns", type=int, default=5000)
    training.add_argument("--threads", type=int, default=1)
    training.add_argument("--reuse", type=float, default=3.0)
    training.add_argument("--exact", action="store_true", help="compute in fp32 where the machine lacks bfloat16")
    training.add_argument("--held-out", type=int, default=30)


def _pack(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.real import pack

    print(pack(options.archives, options.out, quality=options.quality), "lines")


def _cut(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.documents import cut_documents

    print(cut_documents(options.folder, options.out), "lines")


def _vietnamise(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.real_vietnamese import vietnamise

    count = vietnamise(options.real, options.out, count=options.count, seed=options.seed, split=options.split,
                       weights=options.weights)  # fmt: skip
    print(count, "lines")


def _speed(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.speed import rates

    for source, rate in rates(options.fonts, tuple(options.real), count=options.count):
        print(f"{source}: {rate:.0f} lines a CPU second on one core", flush=True)


def _train(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training import held_out as sets
    from ocr_models.workshop.training.feed import Recipe
    from ocr_models.workshop.training.networks import SETTINGS
    from ocr_models.workshop.training.train import Plan, run

    held_out = sets.generated("dev", options.fonts, count=options.held_out, seed=99)
    held_out += sets.school("dev", options.fonts, count=options.held_out, seed=99)
    held_out += sets.real(options.real, "dev", count=options.held_out)
    recipe = Recipe(
        fonts=options.fonts,
        archives=tuple(options.real),
        shards=tuple(options.shards),
        real_share=options.real_share if options.real else 0.0,
        school_share=options.school_share,
        kinds=tuple(options.kinds),
        shard_share=options.shard_share if options.shards else 0.0,
    )
    plan = Plan(
        seconds=options.seconds,
        planned_seconds=options.planned_seconds or options.seconds,
        out=options.out,
        begun=options.begun,
        resume=options.resume or (options.out if (options.out / "weights.pt").exists() else None),
        start=options.start,
        threads=options.threads,
        device=options.device,
        workers=options.workers,
        seed=options.seed,
        peak_rate=options.rate,
        columns=options.columns,
        reuse=options.reuse,
        bfloat16=not options.exact,
    )
    print(run(plan, recipe, SETTINGS[options.network], held_out))


def _mix(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.state import mix_states

    mix_states(options.before, options.after, options.share, options.out)


def _export(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training.export import export

    print(export(options.state, options.out, fonts=options.fonts, archives=options.real))


def _quantise(options: argparse.Namespace) -> None:
    from ocr_models.workshop.training import held_out as sets
    from ocr_models.workshop.training.quantise import complete

    held = sets.generated("dev", None, count=options.count, seed=99)
    held += sets.real(options.real, "dev", count=options.count)
    manifest = complete(options.weights, held)
    print(manifest["precision"], manifest["held_out_cer"])


def _calibrate(options: argparse.Namespace) -> None:
    from ocr_models.workshop.measuring.readers import open_reader
    from ocr_models.workshop.training import held_out as sets
    from ocr_models.workshop.training.calibrate import calibrate

    dev = sets.generated("dev", None, count=options.count, seed=4242)
    dev += sets.real(options.real, "dev", count=options.count, known=False)
    test = sets.generated("test", None, count=options.count, seed=777)
    test += sets.real(options.real, "test", count=options.count, known=False)
    readers = {name: open_reader(name) for name in options.readers}
    for name, kinds in calibrate(readers, dev, test).items():
        for kind, figures in kinds.items():
            print(name, kind, *(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
