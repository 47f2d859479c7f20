#!/usr/bin/env bash
# ParquetSharp 25.0.1.2 ends the whole process, where one would expect an exception or nothing at all:
#
# 1. A ColumnReader over a Stream with EnableBufferedStream() that is not disposed, because reading threw for example, is freed by the finalizer. That closes
#    the file through a delegate of ManagedRandomAccessFile which may have been collected by then: "A callback was made on a garbage collected delegate",
#    exit code 134 (SIGABRT). Over a path instead of a Stream it does not happen.
# 2. A ParquetFileWriter that was given the schema of a reader (reader.FileMetaData.Schema.GroupNode) reads it where the reader has it until it is closed.
#    Where the reader was disposed before, Close is a segmentation fault, exit code 139.
#
# So: dispose every ColumnReader, also when its first read throws; keep a file rooted while readers of it may live; keep the first reader open as long as
# the writer.
#
# Needs the .NET 10 SDK and NuGet; builds a program in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_DbgEnableMiniDump=0
ulimit -c 0
dotnet --version

mkdir parquet
cat >parquet/parquet.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <TieredCompilation>false</TieredCompilation>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="ParquetSharp" Version="25.0.1.2" />
  </ItemGroup>
</Project>
XML
cat >parquet/Program.cs <<'CODE'
using System.Runtime.CompilerServices;

using ParquetSharp;

using (var writer = new ParquetFileWriter("a.parquet", [new Column<int>("n")], Compression.Snappy))
{
    using RowGroupWriter group = writer.AppendRowGroup();
    using LogicalColumnWriter<int> column = group.NextColumn().LogicalWriter<int>();
    column.WriteBatch([1, 2, 3]);
    column.Dispose();
    group.Close();
    writer.Close();
}

switch (args[0])
{
    case "forgotten":
        for (int i = 0; i < 200; i++)
        {
            Forget(args[1] == "stream");
            GC.Collect(i % 3);
            GC.WaitForPendingFinalizers();
        }

        break;
    case "schema":
        CopySchema(keepReader: args[1] == "kept");
        break;
}

Console.WriteLine("still here");

[MethodImpl(MethodImplOptions.NoInlining)]
static void Forget(bool isStream)
{
    using ReaderProperties properties = ReaderProperties.GetDefaultReaderProperties();
    properties.EnableBufferedStream();
    ParquetFileReader reader = isStream
        ? new ParquetFileReader(File.OpenRead("a.parquet"), properties, leaveOpen: false)
        : new ParquetFileReader("a.parquet", properties);
    using (RowGroupReader group = reader.RowGroup(0))
    {
        ColumnReader column = group.Column(0);
        GC.KeepAlive(column);
    }

    reader.Dispose();
}

static void CopySchema(bool keepReader)
{
    var reader = new ParquetFileReader("a.parquet");
    using var builder = new WriterPropertiesBuilder();
    using var writer = new ParquetFileWriter("b.parquet", reader.FileMetaData.Schema.GroupNode, builder.Build(), new Dictionary<string, string>());
    if (!keepReader)
    {
        reader.Dispose();
    }

    writer.Close();
    reader.Dispose();
}
CODE
dotnet build parquet -c Release -v quiet -o out >/dev/null

run() {
    local code=0
    dotnet out/parquet.dll "$@" >"$1-$2.txt" 2>&1 || code=$?
    echo "$*: exit code $code, $(grep -m1 -oE 'still here|garbage collected delegate' "$1-$2.txt" || echo 'no word')"
    eval "$1_$2=$code"
}

run forgotten stream
run forgotten path
run schema disposed
run schema kept
[[ $forgotten_stream -eq 134 && $forgotten_path -eq 0 && $schema_disposed -eq 139 && $schema_kept -eq 0 ]]
