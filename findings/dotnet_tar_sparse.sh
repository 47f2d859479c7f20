#!/usr/bin/env bash
# .NET 10's TarReader gives a GNU sparse file of the pax formats 0.1 and 1.0 as a regular file of another name that holds the stored pieces alone, where one
# would expect the whole file, or an exception as for the older forms. GNU tar writes 1.0 by itself for `--sparse --format=pax`.
#
# Seen: hole.bin has 1,048,577 bytes, of which one is stored behind a hole. GNU tar lists it with its name and length. TarReader says RegularFile,
# GNUSparseFile.0/hole.bin or the like, of a few hundred bytes to a few kB, and throws nothing.
#
# Needs the .NET 10 SDK and GNU tar; builds a program in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version
tar --version | head -n 1

truncate -s 1048576 hole.bin
printf 'x' >>hole.bin
tar --sparse --format=pax -cf sparse.tar hole.bin
tar -tvf sparse.tar

mkdir reader
cat >reader/reader.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML
cat >reader/Program.cs <<'CODE'
using System.Formats.Tar;

using FileStream file = File.OpenRead(args[0]);
using var tar = new TarReader(file);
while (tar.GetNextEntry() is { } entry)
{
    Console.WriteLine($"{entry.EntryType} {entry.Name} {entry.Length}");
}
CODE
dotnet build reader -c Release -o built --disable-build-servers -v q >/dev/null
seen=$(dotnet built/reader.dll sparse.tar)
echo "TarReader: $seen"
listed=$(tar -tvf sparse.tar | awk '{print $3, $NF}')
[ "$listed" = "1048577 hole.bin" ]
read -r kind name length <<<"$seen"
[ "$kind" = RegularFile ] && [[ "$name" == *GNUSparseFile* ]] && [ "$length" -lt 100000 ]
