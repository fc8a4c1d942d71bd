"""`hotich replicate`: the second and the third store get what is new."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich.settings import load_settings
from hotich.wiring.stores import keep_the_rest, replicate_all, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


def run(arguments: Namespace) -> int:
    """Exit code 0; 3 where an object is damaged in the first store and was not copied."""
    settings = load_settings(arguments.home)
    if not settings.replica_folder and not settings.replica_s3_bucket:
        raise WrongUse(
            Message(
                "Chưa có kho thứ hai: đặt replica_folder hoặc replica_s3_bucket",
                "There is no second store: set replica_folder or replica_s3_bucket",
            )
        )
    with stores(settings) as (catalogue, objects):
        keep_the_rest(catalogue)
        made = list(replicate_all(settings, catalogue, objects, everything=arguments.everything))
    if arguments.json:
        print(json.dumps([asdict(one) for one in made], ensure_ascii=False, indent=2, default=str))
    for one in made:
        print(f"{one.store}: {one.objects} đối tượng / objects, {one.files} tệp / files", file=sys.stderr)
        for key in one.unsound:
            print(f"  hỏng, không chép / damaged, not copied: {key}", file=sys.stderr)
        for told in one.kept:
            print(
                f"  giấy tờ đã hủy nhưng kho không cho xóa / of a removed paper, kept by the store: {told}",
                file=sys.stderr,
            )
    return 3 if any(one.unsound for one in made) else 0
