#!/usr/bin/env bash
# System.Text.Json gives a property that the JSON lacks the value of its initializer, as one would expect: `public int Rate { get; init; } = 16000` stays 16000.
# The same type read through a source-generated context loses it where the property is `init`: the generated code hands every init-only property to the object's
# creation, with the type's default where the JSON has none, so that Rate is 0 and a list is null in spite of its non-nullable type. Properties with `set` keep
# theirs. So turning a serializer from reflection to source generation changes what old files mean, without a warning.
#
# Seen with .NET 10 (SDK 10.0.401): reflection 16000, [a], 7; generated 0, null, 7.
#
# Needs the .NET 10 SDK; builds a program in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version

mkdir json
cat >json/json.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML
cat >json/Program.cs <<'CODE'
using System.Text.Json;
using System.Text.Json.Serialization;

Print("reflection", JsonSerializer.Deserialize<Recipe>("{}")!);
Print("generated", JsonSerializer.Deserialize("{}", Context.Default.Recipe)!);

static void Print(string how, Recipe read) =>
    Console.WriteLine($"{how}: {read.Rate} {(read.Names is null ? "null" : string.Join(',', read.Names))} {read.Workers}");

public sealed class Recipe
{
    public int Rate { get; init; } = 16000;

    public List<string> Names { get; init; } = ["a"];

    public int Workers { get; set; } = 7;
}

[JsonSerializable(typeof(Recipe))]
internal sealed partial class Context : JsonSerializerContext;
CODE
dotnet build json -c Release -o out >build.log || { cat build.log; exit 1; }
grep -c 'warning' build.log | sed 's/^/warnings: /' || true

seen=$(dotnet out/json.dll)
echo "$seen"
[ "$seen" = "reflection: 16000 a 7
generated: 0 null 7" ] || { echo "this has changed"; exit 1; }
