"""A stream that is encrypted in chunks comes back whole, and nothing else than it does."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.objects import stream_cipher
from storage.objects.stream_cipher import CHUNK, TAG, NotAuthentic, cipher_size, decrypted, encrypted, plain_size

KEY = bytes(range(32))
LONG = os.urandom(3 * CHUNK + 100)


def encrypt(data: bytes, key: bytes = KEY, *, pieces: int = 1 << 20) -> bytes:
    return b"".join(encrypted((data[at : at + pieces] for at in range(0, len(data), pieces)), key))


def decrypt(data: bytes, key: bytes = KEY) -> bytes:
    with decrypted(io.BytesIO(data), key) as file:
        return file.read()


SIZES = st.one_of(st.integers(0, 200), st.sampled_from([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]))


@settings(max_examples=40, deadline=None)
@given(size=SIZES, pieces=st.sampled_from([1000, CHUNK - 1, CHUNK, 3 * CHUNK]))
@example(size=0, pieces=1000)
@example(size=CHUNK, pieces=CHUNK)
def test_what_is_encrypted_comes_back_however_it_came_in(size: int, pieces: int) -> None:
    data = LONG[:size]
    sealed = encrypt(data, pieces=pieces)
    assert sealed == encrypt(data)
    assert (len(sealed), plain_size(len(sealed))) == (cipher_size(size), size)
    assert decrypt(sealed) == data


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    sealed = bytearray(encrypt(LONG[:size]))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(NotAuthentic):
        decrypt(bytes(sealed))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_truncation_is_refused(data: st.DataObject) -> None:
    sealed = encrypt(LONG[: data.draw(SIZES)])
    end = data.draw(st.one_of(st.integers(0, len(sealed) - 1), st.just(len(sealed) // (CHUNK + TAG) * (CHUNK + TAG))))
    if end < len(sealed):
        with pytest.raises(NotAuthentic):
            decrypt(sealed[:end])


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(4)))
def test_chunks_in_any_other_order_are_refused(order: list[int]) -> None:
    sealed, step = encrypt(LONG), CHUNK + TAG
    chunks = [sealed[at : at + step] for at in range(0, len(sealed), step)]
    if order == sorted(order):
        assert decrypt(sealed) == LONG
        return
    with pytest.raises(NotAuthentic):
        decrypt(b"".join(chunks[number] for number in order))


def test_a_chunk_repeated_left_out_or_appended_is_refused() -> None:
    sealed, step = encrypt(LONG), CHUNK + TAG
    first, rest = sealed[:step], sealed[step:]
    for other in (first + sealed, rest, sealed + encrypt(b""), sealed + first, encrypt(b"") + sealed):
        with pytest.raises(NotAuthentic):
            decrypt(other)


def test_chunks_of_another_stream_are_refused() -> None:
    other, step = encrypt(LONG, os.urandom(32)), CHUNK + TAG
    sealed = encrypt(LONG)
    for mixed in (other, other[:step] + sealed[step:], sealed[:-200] + other[-200:]):
        with pytest.raises(NotAuthentic):
            decrypt(mixed)


def test_the_cut_off_end_is_found_before_anything_is_read() -> None:
    with pytest.raises(NotAuthentic):
        decrypted(io.BytesIO(encrypt(LONG)[: 2 * (CHUNK + TAG)]), KEY)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(LONG) + 10), st.integers(0, 3000)), max_size=5))
def test_it_is_read_from_anywhere_as_any_file_is(places: list[tuple[int, int]]) -> None:
    plain = io.BytesIO(LONG)
    with decrypted(io.BytesIO(encrypt(LONG)), KEY) as file:
        for place, count in places:
            assert file.seek(place) == plain.seek(place)
            assert file.read(count) == plain.read(count)


def test_reading_holds_a_chunk_and_not_the_stream() -> None:
    sealed = io.BytesIO(encrypt(LONG))
    asked: list[int] = []
    real = sealed.read

    def read(count: int | None = -1) -> bytes:
        asked.append(-1 if count is None else count)
        return real(count)

    sealed.read = read  # type: ignore[method-assign]
    with decrypted(sealed, KEY) as file:
        while file.read(1000):
            pass
    assert set(asked) == {CHUNK + TAG}


def test_two_keys_are_never_the_same() -> None:
    assert len({stream_cipher.new_key() for _ in range(100)}) == 100
