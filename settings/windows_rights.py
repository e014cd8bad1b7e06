"""Who may read a file on Windows, where it has no mode as elsewhere but a list of accounts and rights.

The list is read as SDDL (Microsoft: Security Descriptor Definition Language), whose words are the same in every language
of Windows, as those of `icacls` are not.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

SYSTEM, ADMINISTRATORS = "S-1-5-18", "S-1-5-32-544"
ALIASES = {
    "SY": SYSTEM, "BA": ADMINISTRATORS, "OW": "S-1-3-4", "LS": "S-1-5-19", "NS": "S-1-5-20",
}  # fmt: skip
OWNER_RIGHTS = "S-1-3-4"
SERVICES = "S-1-5-80-"  # accounts of single services: NT SERVICE\\NAME
READS = {"GA", "GR", "FA", "FR", "KA", "KR", "CC", "MA"}  # rights by their letters; CC is bit 0
READ_BITS = (
    0x1 | 0x10000000 | 0x80000000 | 0x02000000
)  # FILE_READ_DATA, GENERIC_ALL, GENERIC_READ, MAXIMUM_ALLOWED
_OWNER = re.compile(r"O:(S-[\d-]+|[A-Z]{2})(?=[GDS]:|$)")
_LIST = re.compile(r"D:([A-Z_]*)")


def open_to(sddl: str, own: Collection[str] = ()) -> list[str]:
    """The accounts, as SDDL writes them, that may read a file and should not.

    Its owner, the system, administrators, single services and `own` (SIDs of who runs this program) may. A file without a
    list is open to everybody, `WD`. Raises ValueError for what is no SDDL.
    """
    owner, rights_list = _OWNER.match(sddl), _LIST.search(sddl)
    if owner is None:
        raise ValueError("a security descriptor without an owner")
    if rights_list is None or "NO_ACCESS_CONTROL" in rights_list[1]:
        return ["WD"]
    allowed = {SYSTEM, ADMINISTRATORS, OWNER_RIGHTS, _sid(owner[1]), *map(_sid, own)}
    readers = [
        account
        for kind, flags, rights, account in _entries(sddl[rights_list.end() :])
        if kind in ("A", "XA", "OA") and "IO" not in _pairs(flags) and _reads(rights)
        and _sid(account) not in allowed and not account.startswith(SERVICES)
    ]  # fmt: skip
    return list(dict.fromkeys(readers))


def _entries(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Kind, flags, rights and account of each entry, up to the end of the list; a condition may hold brackets."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        if depth == 0 and sign != "(":
            return
        depth += (sign == "(") - (sign == ")")
        if sign == "(" and depth == 1:
            start = at + 1
        elif depth == 0:
            kind, flags, rights, _, _, account, *_ = text[start:at].split(";")
            yield kind, flags, rights, account


def _sid(account: str) -> str:
    return ALIASES.get(account, account)


def _pairs(letters: str) -> set[str]:
    return {letters[at : at + 2] for at in range(0, len(letters), 2)}


def _reads(rights: str) -> bool:
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", rights):
        return bool(int(rights, 0 if rights[:2].lower() == "0x" else 10) & READ_BITS)
    return not READS.isdisjoint(_pairs(rights))


def keep_to_owner(path: Path, account: str) -> None:
    """Takes all rights to a file from everybody but the system, administrators and `account`, a SID.

    Raises OSError where Windows refuses.
    """
    grants = [f"*{sid}:F" for sid in (SYSTEM, ADMINISTRATORS, account)]
    try:
        subprocess.run(
            ["icacls", str(path), "/inheritance:r", "/grant:r", *grants], check=True, capture_output=True
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise OSError(f"{path}: its rights can't be set") from error


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _ADVAPI = ctypes.WinDLL("advapi32", use_last_error=True)
    _KERNEL = ctypes.WinDLL("kernel32", use_last_error=True)
    _FILE_OBJECT, _OWNER_AND_LIST, _TOKEN_QUERY, _TOKEN_USER = 1, 0x1 | 0x4, 0x8, 1

    _KERNEL.GetCurrentProcess.restype = wintypes.HANDLE
    _KERNEL.LocalFree.argtypes = [ctypes.c_void_p]
    _KERNEL.CloseHandle.argtypes = [wintypes.HANDLE]
    _ADVAPI.GetNamedSecurityInfoW.argtypes = [
        wintypes.LPCWSTR, ctypes.c_int, wintypes.DWORD, *[ctypes.c_void_p] * 4, ctypes.POINTER(ctypes.c_void_p),
    ]  # fmt: skip
    _ADVAPI.ConvertSecurityDescriptorToStringSecurityDescriptorW.argtypes = [
        ctypes.c_void_p, wintypes.DWORD, wintypes.DWORD, ctypes.POINTER(wintypes.LPWSTR), ctypes.c_void_p,
    ]  # fmt: skip
    _ADVAPI.OpenProcessToken.argtypes = [
        wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)
    ]  # fmt: skip
    _ADVAPI.GetTokenInformation.argtypes = [
        wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD),
    ]  # fmt: skip
    _ADVAPI.ConvertSidToStringSidW.argtypes = [ctypes.c_void_p, ctypes.POINTER(wintypes.LPWSTR)]

    def sddl_of(path: Path) -> str:
        """A file's owner and list as SDDL. Raises OSError."""
        descriptor, text = ctypes.c_void_p(), wintypes.LPWSTR()
        error = _ADVAPI.GetNamedSecurityInfoW(
            str(path), _FILE_OBJECT, _OWNER_AND_LIST, None, None, None, None, ctypes.byref(descriptor)
        )  # fmt: skip
        if error:
            raise ctypes.WinError(error)
        try:
            if not _ADVAPI.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                descriptor, 1, _OWNER_AND_LIST, ctypes.byref(text), None
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                return str(text.value)
            finally:
                _KERNEL.LocalFree(text)
        finally:
            _KERNEL.LocalFree(descriptor)

    def own_sid() -> str:
        """The SID of the account that runs this program. Raises OSError."""
        token, size, text = wintypes.HANDLE(), wintypes.DWORD(), wintypes.LPWSTR()
        if not _ADVAPI.OpenProcessToken(
            _KERNEL.GetCurrentProcess(), _TOKEN_QUERY, ctypes.byref(token)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            _ADVAPI.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(size))
            information = ctypes.create_string_buffer(size.value)
            if not _ADVAPI.GetTokenInformation(
                token, _TOKEN_USER, information, size, ctypes.byref(size)
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            sid = ctypes.c_void_p.from_buffer(information)  # TOKEN_USER begins with a pointer to it
            if not _ADVAPI.ConvertSidToStringSidW(sid, ctypes.byref(text)):
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                return str(text.value)
            finally:
                _KERNEL.LocalFree(text)
        finally:
            _KERNEL.CloseHandle(token)
else:

    def sddl_of(path: Path) -> str:
        """Windows alone has it."""
        raise OSError(f"{path}: this system keeps no such list")

    def own_sid() -> str:
        """Windows alone has it."""
        raise OSError("this system has no such number")
