"""Tables as workbooks that open clean: typed cells, a head that stays in view, one sheet a table.

XLSX and ODS.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name (at most 31 characters), a head, and rows.

    A number stays a number, a text never becomes a formula.
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def width(self, column: int) -> int:
        """Give how many characters wide a column is shown, between 8 and 60."""
        told = [len(str(row[column] or "")) for row in self.rows] + [len(self.head[column])]
        return max(8, min(60, max(told) + 2))


def as_xlsx(sheets: Sequence[Sheet], title: str, made: datetime) -> bytes:
    """Give an XLSX workbook; the same sheets give the same bytes (`made` is what it says it was
    made at, UTC).
    """
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        bold, wrapped = (
            book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.freeze_panes(1, 1)
            for column, name in enumerate(sheet.head):
                page.set_column(column, column, sheet.width(column))
                page.write_string(0, column, name, bold)
            for row, cells in enumerate(sheet.rows, 1):
                for column, cell in enumerate(cells):
                    _write(page, row, column, cell, wrapped)
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell, text: object) -> None:
    if isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif cell is not None:
        page.write_string(row, column, cell, text)


def as_ods(sheets: Sequence[Sheet], title: str, made: datetime) -> bytes:
    """Give an ODS workbook of the same; likewise the same bytes for the same sheets."""
    from odf.dc import Title
    from odf.meta import CreationDate
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.style import Style, TextProperties

    _name_spaces()
    book = OpenDocumentSpreadsheet()
    book.meta.addElement(Title(text=title))
    book.meta.addElement(CreationDate(text=made.replace(tzinfo=None).isoformat(timespec="seconds")))
    bold = Style(name="kop", family="table-cell")
    bold.addElement(TextProperties(fontweight="bold"))
    book.automaticstyles.addElement(bold)
    for number, sheet in enumerate(sheets):
        book.spreadsheet.addElement(_page(book, sheet, number, bold))
    book.settings.addElement(_frozen([sheet.name[:31] for sheet in sheets]))
    out = io.BytesIO()
    book.write(out)
    return _steady(out.getvalue())


@lru_cache(maxsize=1)
def _name_spaces() -> None:
    """Let odfpy learn every name space once.

    It writes those it has met so far, and a file must not depend on what was made before it.
    """
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.style import Style

    book = OpenDocumentSpreadsheet()
    _page(book, Sheet("x", ("x",), ((1,),)), 0, Style(name="x", family="table-cell"))
    _frozen(["x"])
    book.write(io.BytesIO())


def _page(book: Any, sheet: Sheet, number: int, bold: object) -> object:
    from odf.style import Style, TableColumnProperties
    from odf.table import Table, TableCell, TableColumn, TableRow
    from odf.text import P

    page = Table(name=sheet.name[:31])
    for column in range(len(sheet.head)):
        wide = Style(name=f"b{number}.{column}", family="table-column")
        wide.addElement(TableColumnProperties(columnwidth=f"{sheet.width(column) * 0.22:.2f}cm"))
        book.automaticstyles.addElement(wide)
        page.addElement(TableColumn(stylename=wide))
    for row, cells in enumerate([sheet.head, *sheet.rows]):
        line = TableRow()
        for cell in cells:
            kind: dict[str, object] = (
                {"valuetype": "float", "value": cell}
                if isinstance(cell, int | float)
                else {"valuetype": "string"}
            )
            made = TableCell(
                **({} if cell is None else kind), **({"stylename": bold} if row == 0 else {})
            )
            if cell is not None:
                made.addElement(P(text=str(cell)))
            line.addElement(made)
        page.addElement(line)
    return page


def _frozen(names: Sequence[str]) -> object:
    """Give the settings that keep the first row and column of every sheet in view."""
    from odf.config import (
        ConfigItem,
        ConfigItemMapEntry,
        ConfigItemMapIndexed,
        ConfigItemMapNamed,
        ConfigItemSet,
    )

    tables = ConfigItemMapNamed(name="Tables")
    for name in names:
        told = ConfigItemMapEntry(name=name)
        for key, kind, value in (
            ("HorizontalSplitMode", "short", "2"),
            ("VerticalSplitMode", "short", "2"),
            ("HorizontalSplitPosition", "int", "1"),
            ("VerticalSplitPosition", "int", "1"),
            ("PositionRight", "int", "1"),
            ("PositionBottom", "int", "1"),
        ):
            told.addElement(ConfigItem(name=key, type=kind, text=value))
        tables.addElement(told)
    view, views, settings = (
        ConfigItemMapEntry(),
        ConfigItemMapIndexed(name="Views"),
        ConfigItemSet(name="ooo:view-settings"),
    )
    view.addElement(tables)
    views.addElement(view)
    settings.addElement(views)
    return settings


def _steady(made: bytes) -> bytes:
    """Give the same file without the moment at which each of its parts was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            told = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            told.compress_type = (
                zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
            )
            new.writestr(told, old.read(part.filename))
    return out.getvalue()
