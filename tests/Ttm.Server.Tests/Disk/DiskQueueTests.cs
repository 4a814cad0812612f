using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Server.Disk;

namespace Ttm.Server.Tests.Disk;

public sealed class DiskQueueTests : IAsyncDisposable
{
    private readonly DiskQueue _queue = new(TimeProvider.System, NullLogger<DiskQueue>.Instance);
    private readonly ConcurrentQueue<string> _written = new();
    private volatile bool _isFull = true;

    [Fact]
    public async Task Append_WhatTheDiskRefuses_IsWrittenInItsOrderOnceItTakesIt()
    {
        var first = _queue.AppendAsync("a", () => Write("1"));
        var second = _queue.AppendAsync("a", () => Write("2"));
        await _queue.AppendAsync("b", () => _written.Enqueue("other file"));
        first.IsCompleted.ShouldBeFalse();
        _isFull = false;
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(10));
        _written.ShouldBe(["other file", "1", "2"]);
    }

    [Fact]
    public async Task Replace_AfterARefusal_WritesTheNewestAlone()
    {
        var former = _queue.ReplaceAsync("a", () => Write("anna"));
        var newest = _queue.ReplaceAsync("a", () => Write("ben"));
        await former.WaitAsync(TimeSpan.FromSeconds(10));
        _isFull = false;
        await newest.WaitAsync(TimeSpan.FromSeconds(10));
        _written.ShouldBe(["ben"]);
    }

    [Fact]
    public async Task Dispose_WithSomethingRefused_TriesOnceMore()
    {
        var refused = _queue.ReplaceAsync("a", () => Write("anna"));
        await _queue.AppendAsync("b", () => _isFull = false);
        await _queue.DisposeAsync();
        refused.IsCompletedSuccessfully.ShouldBeTrue();
        _written.ShouldBe(["anna"]);
    }

    [Fact]
    public async Task Dispose_OfADiskThatTakesNothing_Ends()
    {
        var refused = _queue.ReplaceAsync("a", () => Write("anna"));
        await _queue.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        refused.IsCompletedSuccessfully.ShouldBeTrue();
        _written.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private void Write(string what)
    {
        if (_isFull)
            throw new IOException("No space left on device.");
        _written.Enqueue(what);
    }
}
