using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>A server that goes silent in the midst of an answer.</summary>
public sealed class S3StallTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly S3Store _store;

    public S3StallTests()
    {
        _listener.Start();
        var options = new S3StorageOptions
        {
            Bucket = "recordings",
            ServiceUrl = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}",
            AccessKey = "access",
            SecretKey = "secret",
            RequestTimeout = TimeSpan.FromSeconds(2),
            MaxRetries = 0,
        };
        _store = new S3Store(options, "lessons/", TimeProvider.System, NullLogger<S3Store>.Instance);
    }

    public void Dispose()
    {
        _store.Dispose();
        _listener.Dispose();
    }

    [Theory]
    [InlineData("audio/mpeg", "ID3")]
    [InlineData("application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>recordings</Name>")]
    public async Task AnswerThatStallsInItsMidst_EndsAfterTheRequestTimeout(string type, string beginning)
    {
        using var connections = new CancellationTokenSource();
        Task server = ServeAsync(type, beginning, connections.Token);
        Func<Task> call = type == "audio/mpeg"
            ? () => _store.ReadAsync("lessons/x.mp3", default)
            : async () => await _store.ListAsync("lessons/", default).GetAsyncEnumerator().MoveNextAsync();
        var refused = await Should.ThrowAsync<ObjectStoreException>(() => call().WaitAsync(TimeSpan.FromSeconds(30)));
        refused.Transient.ShouldBeTrue();
        refused.Message.ShouldContain("stopped in its midst for 2 s");
        await connections.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => server);
    }

    private async Task ServeAsync(string type, string beginning, CancellationToken cancellationToken)
    {
        using Socket socket = await _listener.AcceptSocketAsync(cancellationToken);
        await socket.ReceiveAsync(new byte[8192], cancellationToken);
        string headers = $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nETag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\nContent-Length: 100000\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(headers + beginning), cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
