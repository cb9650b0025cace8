"""Zips are judged by their directory before anything is unpacked, and counted while they are read."""

import struct
import zipfile
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.importers.archives import MOST_ENTRIES, check_archive, open_member
from matcher.settings import Settings

SETTINGS = Settings()


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_stated_size(path: Path, size: int) -> Path:
    """Let the directory of a zip of one member state another unpacked size."""
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<L", size)
    path.write_bytes(content)
    return path


def read(path: Path, member: str, settings: Settings = SETTINGS) -> str:
    with open_member(path, member, settings) as text:
        return text.read()


def test_a_sound_zip_passes_and_its_text_comes_without_the_byte_order_mark(tmp_path: Path) -> None:
    path = pack(tmp_path / "sound.zip", {"csv/project.csv": '\ufeff"id"\r\n"Ærø"\n'.encode()})
    check_archive(path, SETTINGS)
    assert read(path, "csv/project.csv") == '"id"\r\n"Ærø"\n'


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"absent\.zip"):
        check_archive(tmp_path / "absent.zip", SETTINGS)


@pytest.mark.parametrize("kept", [0, 3, 100, -1])
def test_a_truncated_zip_is_refused_with_what_to_do(tmp_path: Path, kept: int) -> None:
    path = pack(tmp_path / "cut.zip", {"project.csv": bytes(range(256)) * 20})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnreadableFileError, match=r"cut\.zip is not a whole zip file.*download"):
        check_archive(path, SETTINGS)


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.zip"
    path.write_text("Dear partner,\n" * 100)
    with pytest.raises(UnreadableFileError, match=r"letter\.zip is not a whole zip file"):
        check_archive(path, SETTINGS)


def test_an_encrypted_member_is_refused_by_its_flag(tmp_path: Path) -> None:
    path = pack(tmp_path / "secret.zip", {"project.csv": b"id"})
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"project\.csv is encrypted"):
        check_archive(path, SETTINGS)


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "many.zip", {f"{i}": b"" for i in range(MOST_ENTRIES + 1)})
    with pytest.raises(UnreadableFileError, match="10,001 members"):
        check_archive(path, SETTINGS)


@pytest.mark.parametrize("zip64", [False, True])
def test_a_huge_directory_is_refused_before_it_is_read(tmp_path: Path, zip64: bool) -> None:
    path = pack(tmp_path / "directory.zip", {"project.csv": b"id"})
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    if zip64:
        content[end + 12 : end + 16] = b"\xff" * 4
        content[end:end] = b"PK\x06\x06" + bytes(36) + struct.pack("<Q", 10**12) + bytes(8)
    else:
        content[end + 12 : end + 16] = struct.pack("<L", 10**9)
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="has a directory of 1,000,000,000"):
        check_archive(path, SETTINGS)


def test_the_total_unpacked_size_is_limited(tmp_path: Path) -> None:
    path = pack(tmp_path / "large.zip", {"a.csv": b"x" * 600, "b.csv": b"y" * 600})
    check_archive(path, Settings(max_unpacked_bytes=1_200))
    with pytest.raises(UnreadableFileError, match=r"unpack to 1,200 bytes.*MATCHER_MAX_UNPACKED_BYTES"):
        check_archive(path, Settings(max_unpacked_bytes=1_199))


def test_the_size_of_the_zip_itself_is_limited(tmp_path: Path) -> None:
    path = pack(tmp_path / "large.zip", {"a.csv": b"x"})
    with pytest.raises(UnreadableFileError, match="MATCHER_MAX_FILE_BYTES"):
        check_archive(path, Settings(max_file_bytes=10))


def test_a_bomb_is_refused_by_its_ratio_and_a_small_blank_member_is_not(tmp_path: Path) -> None:
    check_archive(pack(tmp_path / "blank.zip", {"small.csv": b" " * 900_000}), SETTINGS)
    bomb = pack(tmp_path / "bomb.zip", {"project.csv": b"0" * 5_000_000})
    with pytest.raises(UnreadableFileError, match=r"project\.csv would unpack to .* times"):
        check_archive(bomb, SETTINGS)


@pytest.mark.parametrize("stated", [0, 10, 899_999])
def test_a_directory_that_lies_is_noticed_while_reading(tmp_path: Path, stated: int) -> None:
    path = with_stated_size(pack(tmp_path / "lie.zip", {"project.csv": b"0" * 900_000}), stated)
    check_archive(path, SETTINGS)
    with pytest.raises(UnreadableFileError, match=r"project\.csv unpacks to more"):
        read(path, "project.csv")


def test_reading_stops_at_the_limit_even_where_the_directory_was_not_checked(tmp_path: Path) -> None:
    path = pack(tmp_path / "large.zip", {"project.csv": b"0" * 900_000})
    with pytest.raises(UnreadableFileError, match="unpacks to more"):
        read(path, "project.csv", Settings(max_unpacked_bytes=1_000))


def test_damaged_data_is_refused_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "hurt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("project.csv", b"0" * 5_000)
    content = bytearray(path.read_bytes())
    content[2_000] = ord("1")
    path.write_bytes(content)
    check_archive(path, SETTINGS)
    with pytest.raises(UnreadableFileError, match=r"project\.csv is damaged .*CRC"):
        read(path, "project.csv")


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_damage_is_told_however_a_member_is_packed(tmp_path: Path, packing: int) -> None:
    path = tmp_path / "hurt.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("project.csv", bytes(range(256)) * 40)
    content = bytearray(path.read_bytes())
    content[60:100] = b"\xff" * 40
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"project\.csv is damaged"):
        read(path, "project.csv")
