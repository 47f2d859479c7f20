#!/usr/bin/env bash
# .NET 10's SocketsHttpHandler sends a GET four times where a server takes it and hangs up without a word, each time on a new connection and before its caller
# hears of anything. One would expect one request for one call: nothing in HttpClient's API says that it tries again, and nothing turns it off. A client that
# tries again by itself multiplies this: AWSSDK.S3 4.1.0 comes to 52 requests for one GetObjectAsync.
#
# Seen: a server that counts connections, reads the request and closes has 4 for one GetAsync. With a PlaintextStreamFilter whose stream throws where the end
# comes before any byte of an answer it has 1.
#
# Needs the .NET 10 SDK; builds a program in a temporary folder, and fails where what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --version

mkdir get
cat >get/get.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML
cat >get/Program.cs <<'CODE'
using System.Net;
using System.Net.Sockets;

Console.WriteLine($"as it is: {await CountAsync(new SocketsHttpHandler())}");
Console.WriteLine($"with a filter: {await CountAsync(new SocketsHttpHandler
{
    PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new EndIsError(context.PlaintextStream)),
})}");

static async Task<int> CountAsync(SocketsHttpHandler handler)
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    int connections = 0;
    _ = Task.Run(async () =>
    {
        while (true)
        {
            using Socket taken = await listener.AcceptSocketAsync();
            connections++;
            await taken.ReceiveAsync(new byte[4096]);
        }
    });
    using var client = new HttpClient(handler);
    try
    {
        await client.GetAsync($"http://{listener.LocalEndpoint}/");
    }
    catch (HttpRequestException)
    {
    }

    return connections;
}

sealed class EndIsError(Stream inner) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop) =>
        await inner.ReadAsync(buffer, stop) is var read && (read > 0 || buffer.IsEmpty) ? read : throw new IOException("hung up");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken stop) => inner.WriteAsync(buffer, stop);
}
CODE
said=$(dotnet run --project get -c Release --disable-build-servers)
echo "$said"
[ "$said" = $'as it is: 4\nwith a filter: 1' ]
