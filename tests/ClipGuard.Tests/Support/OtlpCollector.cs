using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClipGuard.Tests.Support;

/// <summary>A collector of OpenTelemetry's on the loopback interface: takes what is sent over OTLP with HTTP, and reads of it what tests ask for.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;
    private readonly ConcurrentQueue<OtlpPoint> _points = new();
    private readonly ConcurrentQueue<string> _spans = new();

    public OtlpCollector()
    {
        (_listener, Address) = Listen();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>The last value of each series; of a histogram how many were counted.</summary>
    public IReadOnlyList<OtlpPoint> Points =>
        [.. _points.GroupBy(static point => point.Name + string.Join(',', point.Tags.OrderBy(static tag => tag.Key))).Select(static series => series.Last())];

    /// <summary>Names of spans.</summary>
    public IReadOnlyList<string> Spans => [.. _spans];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    // HttpListener cannot be given port 0.
    private static (HttpListener Listener, Uri Address) Listen()
    {
        while (true)
        {
            int port;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            var address = new Uri($"http://127.0.0.1:{port}/");
            var listener = new HttpListener { Prefixes = { address.AbsoluteUri } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException)
            {
                // Somebody else has taken it meanwhile.
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext asked = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                Stream sent = asked.Request.Headers["Content-Encoding"] == "gzip"
                    ? new GZipStream(asked.Request.InputStream, CompressionMode.Decompress)
                    : asked.Request.InputStream;
                await sent.CopyToAsync(body);
                if (asked.Request.Url!.AbsolutePath == "/v1/metrics")
                {
                    ReadMetrics(body.ToArray());
                }
                else
                {
                    ReadSpans(body.ToArray());
                }

                asked.Response.ContentType = "application/x-protobuf";
                asked.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // resource_metrics 1, scope_metrics 2, metrics 2; of a metric name 1 and gauge 5, sum 7 or histogram 9; data_points 1.
    private void ReadMetrics(byte[] request)
    {
        foreach (ProtobufFields metric in ProtobufFields.Read(request).All(1).SelectMany(static one => one.All(2)).SelectMany(static one => one.All(2)))
        {
            string name = metric.Text(1);
            foreach (ProtobufFields point in metric.All(5).Concat(metric.All(7)).SelectMany(static one => one.All(1)))
            {
                _points.Enqueue(new OtlpPoint(name, Tags(point.All(7)), point.Double(4) ?? point.Long(6) ?? 0));
            }

            foreach (ProtobufFields point in metric.All(9).SelectMany(static one => one.All(1)))
            {
                _points.Enqueue(new OtlpPoint(name, Tags(point.All(9)), point.Long(4) ?? 0));
            }
        }
    }

    // resource_spans 1, scope_spans 2, spans 2; of a span name 5.
    private void ReadSpans(byte[] request)
    {
        foreach (ProtobufFields span in ProtobufFields.Read(request).All(1).SelectMany(static one => one.All(2)).SelectMany(static one => one.All(2)))
        {
            _spans.Enqueue(span.Text(5));
        }
    }

    // Key 1, value 2; of a value string_value 1.
    private static Dictionary<string, string> Tags(IEnumerable<ProtobufFields> attributes) =>
        attributes.ToDictionary(static one => one.Text(1), static one => one.All(2).Single().Text(1));

    /// <summary>A message of protocol buffers, by the numbers of its fields.</summary>
    private sealed class ProtobufFields
    {
        private readonly List<(int Number, byte[] Bytes)> _fields = [];

        public static ProtobufFields Read(byte[] message)
        {
            var read = new ProtobufFields();
            for (int place = 0; place < message.Length;)
            {
                ulong key = Varint(message, ref place);
                int start = place;
                int length = (key & 7) switch
                {
                    0 => 0,
                    1 => sizeof(ulong),
                    5 => sizeof(uint),
                    _ => -1,
                };
                if (length < 0)
                {
                    length = (int)Varint(message, ref place);
                    start = place;
                }

                byte[] value = length > 0 || (key & 7) == 2 ? message[start..(start + length)] : BitConverter.GetBytes(Varint(message, ref place));
                place = (key & 7) == 0 ? place : start + length;
                read._fields.Add(((int)(key >> 3), value));
            }

            return read;
        }

        public IEnumerable<ProtobufFields> All(int number) => _fields.Where(field => field.Number == number).Select(static field => Read(field.Bytes));

        public string Text(int number) => Encoding.UTF8.GetString(_fields.First(field => field.Number == number).Bytes);

        public double? Double(int number) => Bytes(number) is { } bytes ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : null;

        public long? Long(int number) => Bytes(number) is { } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : null;

        private byte[]? Bytes(int number) => _fields.Where(field => field.Number == number).Select(static field => field.Bytes).FirstOrDefault();

        private static ulong Varint(byte[] message, ref int place)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = message[place++];
                value |= (ulong)(next & 127) << shift;
                if (next < 128)
                {
                    return value;
                }
            }
        }
    }
}

/// <summary>One value of a series.</summary>
/// <param name="Name">The measurement.</param>
/// <param name="Tags">What tells it from others of that name.</param>
/// <param name="Value">The value.</param>
internal sealed record OtlpPoint(string Name, IReadOnlyDictionary<string, string> Tags, double Value);
