#!/usr/bin/env bash
# .NET 10 on Linux starts a thread of its pool from whichever thread needs one, and the kernel copies to a new thread what its starter has by itself: nice
# value, capabilities, landlock domain, seccomp filter, affinity. A program that gives up something on one thread of its own, and completes a task or queues
# work there, can find it given up on threads of the pool for as long as these live. One would expect the pool to be neutral ground.
#
# Seen: a thread with a name of its own makes itself nice 10 and queues 8 items that wait for each other. Of the pool's threads that ran them, all that had to
# be started then have nice 10 (items queued by the main thread before it: 0). The process itself keeps nice 0.
#
# Needs the .NET 10 SDK; builds a program in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version
uname -sr

mkdir pool
cat >pool/pool.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML
cat >pool/Program.cs <<'CODE'
using System.Runtime.InteropServices;

const int Items = 8;
ThreadPool.SetMinThreads(Items, 1);
if (args.Length > 0)
{
    Console.WriteLine("main thread: " + string.Join(' ', NiceOfItems()));
    return;
}

string seen = string.Empty;
var own = new Thread(() =>
{
    // To Linux a "process" is here the calling thread alone.
    if (Native.setpriority(0, 0, 10) != 0)
    {
        throw new InvalidOperationException("setpriority failed");
    }

    seen = string.Join(' ', NiceOfItems());
});
own.Start();
own.Join();
Console.WriteLine($"own thread: {seen}; main: {Native.getpriority(0, 0)}");

static int[] NiceOfItems()
{
    using var all = new Barrier(Items);
    int[] nice = new int[Items];
    using var done = new CountdownEvent(Items);
    for (int i = 0; i < Items; i++)
    {
        ThreadPool.QueueUserWorkItem(
            item =>
            {
                all.SignalAndWait();
                nice[item] = Native.getpriority(0, 0);
                done.Signal();
            },
            i,
            preferLocal: false);
    }

    done.Wait();
    return nice;
}

internal static class Native
{
    [DllImport("libc", SetLastError = true)]
    public static extern int setpriority(int which, int who, int priority);

    [DllImport("libc", SetLastError = true)]
    public static extern int getpriority(int which, int who);
}
CODE
dotnet build pool -c Release -o built --disable-build-servers -v q >/dev/null
neutral=$(dotnet built/pool.dll neutral)
inherited=$(dotnet built/pool.dll)
echo "$neutral"
echo "$inherited"
[ "$neutral" = "main thread: 0 0 0 0 0 0 0 0" ]
[[ "$inherited" == "own thread: "*10*"; main: 0" ]]
