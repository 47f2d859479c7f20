#!/usr/bin/env bash
# NuGet's client keeps no mode of a file in a package: whatever was packed, what is unpacked on Linux has mode 0744 under the usual mask of 022. So a program
# that was packed with 0755 may be run by the user who restored the package and by nobody else, and a plain text file may be run by that user. The build copies
# modes as they are. A program that a package lays beside another one (a native host, a tool) thus works where it was built and tested, and is refused with
# "Permission denied" in a container whose last line is another USER. One would expect 0755 to stay 0755, or no execute bit at all.
#
# Seen with the .NET SDK 10.0.401: packed run 0755, note 0644; restored 744 and 744; in the output folder 744 and 744; run by root "ran", by nobody refused.
#
# Needs the .NET 10 SDK, and root for the last line (runuser; without, it is left out). Works in a temporary folder, and fails where what is written above no
# longer holds.
set -euo pipefail
umask 022

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_PACKAGES=$folder/packages
dotnet --version

mkdir packed used
printf '#!/bin/sh\necho ran\n' >packed/run
printf 'a note\n' >packed/note
chmod 755 packed/run
chmod 644 packed/note
cat >packed/packed.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <PackageId>Packed.Program</PackageId>
    <Version>1.0.0</Version>
  </PropertyGroup>
  <ItemGroup>
    <None Include="run;note" Pack="true" PackagePath="contentFiles/any/any/" BuildAction="None" PackageCopyToOutput="true" />
  </ItemGroup>
</Project>
XML
dotnet pack packed -o feed >pack.log || { cat pack.log; exit 1; }

cat >used/used.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <RestoreAdditionalProjectSources>../feed</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Packed.Program" Version="1.0.0" />
  </ItemGroup>
</Project>
XML
printf 'System.Console.WriteLine();\n' >used/Program.cs
dotnet build used -o out >build.log || { cat build.log; exit 1; }

restored=packages/packed.program/1.0.0/contentFiles/any/any
seen="packed $(stat -c %a packed/run) $(stat -c %a packed/note); restored $(stat -c %a $restored/run) $(stat -c %a $restored/note);"
seen="$seen output $(stat -c %a out/run) $(stat -c %a out/note)"
echo "$seen"
[ "$seen" = "packed 755 644; restored 744 744; output 744 744" ] || { echo "this has changed"; exit 1; }

out/run
if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null; then
  if refused=$(runuser -u nobody -- out/run 2>&1); then
    echo "another user may run it: this has changed"
    exit 1
  fi
  echo "$refused" | grep -o 'Permission denied'
fi
