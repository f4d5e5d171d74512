"""Workbooks such as a tenant's Workday generates for its import: headers under rows of areas and restrictions."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter


def write_xlsx(path: Path, *, sheet: str, header_row: int, headers: Sequence[str]) -> None:
    """The headers stand from the second column on; the row below them is formatted as text."""
    workbook = xlsxwriter.Workbook(path, {"in_memory": True})
    workbook.add_worksheet("Overview").write(0, 0, "Do not change the columns")
    page = workbook.add_worksheet(sheet)
    bold, text = workbook.add_format({"bold": True, "bg_color": "#FFEE99"}), workbook.add_format({"num_format": "@"})
    page.write_row(0, 1, [sheet], bold)
    page.write_row(1, 0, ["Area", "All"])
    page.write_row(header_row - 1, 1, [*headers, "Category"], bold)
    page.write_row(header_row, 1, ["" for _ in headers], text)
    workbook.close()


def write_spreadsheet_2003(path: Path, *, sheet: str, header_row: int, headers: Sequence[str]) -> None:
    """The headers stand from the second column on, the last behind a merged one; the three rows below are formatted.

    The first of these has a comment and lacks cells, the other two are written as one. Rows and cells are numbered
    only where some are left out, as Excel writes them.
    """
    *others, last = headers
    merged = len(headers) + 1
    heads = "".join(f'    <Cell ss:StyleID="s63">{_string(text)}</Cell>\r\n' for text in others[1:])
    cells = "".join('    <Cell ss:StyleID="s64"/>\r\n' for _ in others[2:])
    path.write_bytes(
        _BOOK.format(
            sheet=sheet,
            columns=merged + 2,
            rows=header_row + 3,
            header_row=header_row,
            first=escape(others[0]),
            heads=heads,
            merged=_string("Category"),
            last=_string(last),
            cells=cells,
            behind=merged + 2,
        ).encode()
    )


def _string(text: str) -> str:
    return f'<Data ss:Type="String">{escape(text)}</Data>'


_BOOK = """\
<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:html="http://www.w3.org/TR/REC-html40">
 <DocumentProperties xmlns="urn:schemas-microsoft-com:office:office">
  <Created>2025-11-03T08:00:00Z</Created>
  <Version>16.00</Version>
 </DocumentProperties>
 <Styles>
  <Style ss:ID="Default" ss:Name="Normal"><Alignment ss:Vertical="Bottom"/></Style>
  <Style ss:ID="s63"><Font ss:FontName="Calibri" ss:Bold="1"/><Interior ss:Color="#FFEE99" ss:Pattern="Solid"/></Style>
  <Style ss:ID="s64"><NumberFormat ss:Format="@"/></Style>
 </Styles>
 <Names>
  <NamedRange ss:Name="Areas" ss:RefersTo="=Lookups!R1C1:R2C1"/>
 </Names>
 <Worksheet ss:Name="Overview">
  <Table ss:ExpandedColumnCount="1" ss:ExpandedRowCount="1" x:FullColumns="1" x:FullRows="1">
   <Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">\
<B>Do not</B><Font> change the columns</Font></ss:Data></Cell></Row>
  </Table>
 </Worksheet>
 <Worksheet ss:Name="{sheet}">
  <Names>
   <NamedRange ss:Name="_FilterDatabase" ss:RefersTo="='{sheet}'!R{header_row}C2:R{header_row}C{behind}" ss:Hidden="1"/>
  </Names>
  <Table ss:ExpandedColumnCount="{columns}" ss:ExpandedRowCount="{rows}" x:FullColumns="1"
   x:FullRows="1" ss:DefaultRowHeight="15">
   <Column ss:AutoFitWidth="0" ss:Width="24"/>
   <Column ss:Width="120" ss:Span="{columns}"/>
   <Row ss:Height="18.75">
    <Cell ss:MergeAcross="2" ss:StyleID="s63"><Data ss:Type="String">{sheet}</Data></Cell>
   </Row>
   <!-- restrictions -->
   <Row>
    <Cell><Data ss:Type="String">Area</Data></Cell>
    <Cell><Data ss:Type="String">All</Data></Cell>
   </Row>
   <Row ss:Index="{header_row}" ss:AutoFitHeight="0" ss:Height="30">
    <Cell ss:Index="2" ss:StyleID="s63"><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">\
<B>{first}</B></ss:Data><Comment ss:Author="Workday"><ss:Data xmlns="http://www.w3.org/TR/REC-html40">\
One number for each row &gt; 0</ss:Data></Comment><NamedCell ss:Name="_FilterDatabase"/></Cell>
{heads}\
    <Cell ss:MergeAcross="1" ss:StyleID="s63">{merged}</Cell>
    <Cell ss:StyleID="s63">{last}</Cell>
   </Row>
   <Row ss:AutoFitHeight="0" ss:Height="13.5">
    <Cell ss:Index="3" ss:StyleID="s64"><Data ss:Type="String"></Data>\
<Comment ss:Author="Workday"><ss:Data xmlns="http://www.w3.org/TR/REC-html40">As text</ss:Data></Comment></Cell>
{cells}\
    <Cell ss:MergeAcross="1" ss:StyleID="s64"/>
   </Row>
   <Row ss:Height="13.5" ss:Span="1" ss:StyleID="s64"/>
  </Table>
  <WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">
   <FreezePanes/>
   <SplitHorizontal>{header_row}</SplitHorizontal>
  </WorksheetOptions>
  <DataValidation xmlns="urn:schemas-microsoft-com:office:excel">
   <Range>R{rows}C{behind}</Range>
   <Type>List</Type>
   <Value>Areas</Value>
  </DataValidation>
 </Worksheet>
 <Worksheet ss:Name="Lookups">
  <Table>
   <Row><Cell><Data ss:Type="String">Größe</Data></Cell></Row>
   <Row><Cell ss:Formula="=1+1"><Data ss:Type="Number">2</Data></Cell></Row>
  </Table>
 </Worksheet>
</Workbook>
""".replace("\n", "\r\n")
