#!/usr/bin/env bash
# .NET 10 counts as processors what the quota of its own control group allows (Environment.ProcessorCount), and with control groups of version 1 leaves out
# the quotas of the groups above it, which the kernel holds it to all the same. A scheduler or a container engine that puts the quota on the group of a job
# or a pod, and the process into a group below it, gets as many threads as the machine has processors.
#
# Seen: with a quota of one processor (100,000 of 100,000 µs) on a group, a process in that group counts 1 processor, and one in a group below it counts as
# many as without any quota.
#
# Needs the .NET 10 SDK, a machine with two processors or more, control groups of version 1 with the cpu controller, and root to make groups. Builds a program
# in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

cpu=/sys/fs/cgroup/cpu
[ -w "$cpu" ] && [ -e "$cpu/cpu.cfs_quota_us" -o -e "$cpu/cgroup.procs" ] || { echo "no writable control groups of version 1 here"; exit 77; }
folder=$(mktemp -d)
above=$cpu/finding-$$
trap 'rmdir "$above/below" "$above" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version
uname -sr

mkdir count
cat >count/count.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML
echo 'Console.WriteLine(Environment.ProcessorCount);' >count/Program.cs
dotnet build count -c Release -o built --nologo -v quiet

mkdir -p "$above/below"
echo 100000 >"$above/cpu.cfs_period_us"
echo 100000 >"$above/cpu.cfs_quota_us"
within() { (echo "$BASHPID" >"$1/cgroup.procs" && exec dotnet built/count.dll); }
free=$(dotnet built/count.dll)
own=$(within "$above")
below=$(within "$above/below")
echo "without a quota: $free; in the group with a quota of one: $own; in a group below it: $below"
[ "$own" -eq 1 ] && [ "$below" -eq "$free" ] && [ "$free" -gt 1 ]
