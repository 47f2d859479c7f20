#!/usr/bin/env bash
# A program that draws with Spectre.Console into a writer of its own still asks the process's console how high it is, and .NET answers -1 where no terminal
# is attached and terminfo's entry of TERM tells no number of lines, as that of "dumb" (which CI services and Emacs set). Spectre.Console takes a height of 0
# for unknown and uses 24 instead, but not -1: a live display then removes lines beyond its end and throws an ArgumentException at its first drawing. With
# another TERM, or with Profile.Height set, the same program draws. So a test that passes at a desk fails in CI, though it has a console of its own.
#
# Seen with .NET 10 (SDK 10.0.401) and Spectre.Console 0.57.2: TERM=dumb "height -1, ArgumentException"; TERM=xterm "height 24, drawn";
# TERM=dumb with Profile.Height = 40 "height 40, drawn".
#
# Needs the .NET 10 SDK and terminfo's entries of dumb and xterm (Debian's ncurses-base); fetches the package from the configured feed, builds a program in a
# temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version

mkdir live
cat >live/live.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Spectre.Console" Version="0.57.2" />
  </ItemGroup>
</Project>
XML
cat >live/Program.cs <<'CODE'
using Spectre.Console;

IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
{
    Ansi = AnsiSupport.Yes,
    Interactive = InteractionSupport.Yes,
    Out = new AnsiConsoleOutput(new StringWriter()),
});
if (args is [var height])
{
    console.Profile.Height = int.Parse(height);
}

string drawn = "drawn";
try
{
    console.Live(new Rows(new Text("one"), new Text("two"))).Start(live => live.Refresh());
}
catch (ArgumentException)
{
    drawn = "ArgumentException";
}

Console.WriteLine($"height {console.Profile.Height}, {drawn}");
CODE
dotnet build live -c Release -o out >build.log || { cat build.log; exit 1; }

# Without a terminal, as under a CI service.
run() { TERM=$1 setsid dotnet out/live.dll "${@:2}" </dev/null 2>errors | cat; }
seen=$(run dumb; run xterm; run dumb 40)
echo "$seen"
[ "$seen" = "height -1, ArgumentException
height 24, drawn
height 40, drawn" ] || { cat errors; echo "this has changed"; exit 1; }
