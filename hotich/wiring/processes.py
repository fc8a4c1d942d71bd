"""What reads: its identity, and the bounded worker processes that load it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hotich import __version__
from hotich.settings import Settings
from hotich.wiring.stores import register_on_demand
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

_COPY_CPU_S, _COPY_WALL_S = 300.0, 600.0

if TYPE_CHECKING:
    from pipeline.domain.model import Provenance
    from pipeline.settings import PipelineSettings
    from workers.processes import WorkerPool, WorkerSpec
    from workers.view_renderer import ViewRenderer


def pipeline_settings(settings: Settings) -> PipelineSettings:
    """The settings that change what is read."""
    from pipeline.intake.limits import IntakeLimits
    from pipeline.settings import PipelineSettings

    return PipelineSettings(
        limits=IntakeLimits(max_pages=settings.max_pages),
        added_forms=_added_forms(settings),
        blank_pages=settings.blank_pages,
        signature_roots=_trusted(settings),
        signature_lists=_revoked(settings),
    )


def _added_forms(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The office's own definitions, from `forms` under home. Raises `FormDefinitionError` for one that is not well
    formed; this process then knows them too."""
    from storage.files import translated_os_errors

    folder = settings.home / "forms"
    with translated_os_errors(Message("đọc mẫu giấy tờ của cơ quan", "reading the office's forms").about(str(folder))):
        texts = tuple((path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml")))
    if texts:
        from pipeline.forms.loading import add_forms

        add_forms(texts)
    return texts


def _trusted(settings: Settings) -> tuple[str, ...]:
    """The root certificates of signed papers that come in, as PEM. Raises the file's errors."""
    from storage.files import translated_os_errors

    if not settings.sign_roots:
        return ()
    with translated_os_errors(Message("đọc sign_roots", "reading sign_roots").about(settings.sign_roots)):
        return (Path(settings.sign_roots).expanduser().read_text(encoding="ascii", errors="replace"),)


def _revoked(settings: Settings) -> tuple[bytes, ...]:
    """What authorities revoked, as files of the folder that is set. Raises WrongUse for a folder that is not there, and
    the files' errors."""
    from storage.files import translated_os_errors

    if not settings.incoming_revocation:
        return ()
    folder = Path(settings.incoming_revocation).expanduser()
    if not folder.is_dir():
        raise WrongUse(Message("incoming_revocation: không có thư mục này", "no such folder").about(str(folder)))
    with translated_os_errors(Message("đọc danh sách thu hồi", "reading revocation lists").about(str(folder))):
        return tuple(path.read_bytes() for path in sorted(folder.glob("*.crl")))


def own_reader(settings: Settings) -> Path | None:
    """The folder of the office's own base reader; None where the one that comes with the program is used."""
    return Path(settings.reader).expanduser().absolute() if settings.reader else None


def provenance(settings: Settings, book_model: Path | None = None) -> Provenance:
    """What will read: software, models, settings. Raises `ModelMissingError` when a model is not there.

    `book_model`: folder of a book's model, which reads beside the office's base. Told from the models' files,
    without loading them; the software is named by its meaning (`workers.reading_identity`).
    """
    from ocr_models.readers import reader_identities
    from pipeline.domain.model import Provenance
    from workers.reading_identity import reading_digest

    cache = settings.home / "reading-identity.json" if settings.home.is_dir() else None
    return Provenance(
        software=f"hotich {__version__}+{reading_digest(cache)[:12]}",
        models=reader_identities(settings.tessdata or None, own_reader(settings), book_model),
        settings_sha256=pipeline_settings(settings).sha256(),
    )


def worker_spec(settings: Settings, made_by: Provenance, book_model: Path | None = None) -> WorkerSpec:
    """How reading processes are made and bounded; the register is asked in this process."""
    from workers.processes import WorkerLimits, WorkerSpec

    register = register_on_demand(settings)
    return WorkerSpec(
        factory="workers.read_file:load_file_reader",
        arguments={
            "tessdata": settings.tessdata,
            "provenance": made_by,
            "settings": pipeline_settings(settings),
            "ask_register": True,  # also of one that is loaded while the workers live
            "base_model": own_reader(settings),
            "book_model": book_model,
        },
        limits=WorkerLimits(
            memory_mb=settings.worker_memory_mb,
            page_cpu_s=settings.page_cpu_seconds,
            page_wall_s=settings.page_wall_seconds,
        ),
        answer=register.look_up,
        readable=tuple(
            str(Path(place).absolute()) for place in (settings.tessdata, own_reader(settings), book_model) if place
        ),
    )


def explaining_process(settings: Settings) -> WorkerPool:
    """A process that reads originals as the reading processes do and explains what it reads."""
    from workers.processes import WorkerPool

    spec = worker_spec(settings, provenance(settings))
    return WorkerPool(replace(spec, factory="workers.explain_file:load_explainer"), size=1)


def proposing_process(settings: Settings) -> WorkerPool:
    """A process that reads a specimen and proposes a form's definition."""
    from workers.processes import WorkerPool

    spec = worker_spec(settings, provenance(settings))
    arguments = {name: value for name, value in spec.arguments.items() if name != "ask_register"}
    return WorkerPool(replace(spec, factory="workers.propose_form:load_proposer", arguments=arguments), size=1)


def preparing_process(settings: Settings) -> WorkerPool:
    """A process that makes archival copies light, or covers what is of others on them."""
    from workers.processes import WorkerLimits, WorkerPool, WorkerSpec

    return WorkerPool(
        WorkerSpec(
            factory="workers.prepare_copy:load_preparer",
            arguments={},
            limits=WorkerLimits(  # of a whole copy: a long book has hundreds of pages
                memory_mb=settings.worker_memory_mb, page_cpu_s=_COPY_CPU_S, page_wall_s=_COPY_WALL_S
            ),
        ),
        size=1,
    )


def view_renderer(settings: Settings) -> ViewRenderer:
    """The process that makes pictures of originals, started when the first one is wanted."""
    from workers.view_renderer import ViewRenderer

    return ViewRenderer(pipeline_settings(settings).limits, memory_mb=settings.worker_memory_mb)
