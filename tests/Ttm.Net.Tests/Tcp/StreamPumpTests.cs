using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Ttm.Net.Tcp;
using Ttm.Rtc;

namespace Ttm.Net.Tests.Tcp;

public sealed class StreamPumpTests : IDatagramHandler, IStreamHandler, IDisposable
{
    private static readonly TransportAddress Remote = TransportAddress.From(IPEndPoint.Parse("203.0.113.5:40000"));
    private readonly FakeTimeProvider _time = new();
    private readonly UdpLoop _loop;
    private readonly TcpFlow _flow = new(FlowNumber.Of(7, isTls: false), Remote, StreamFraming.Rfc4571);
    private readonly Pipe _in = new();
    private readonly Pipe _out = new();
    private readonly List<byte[]> _received = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _accept = true;
    private bool _inUse;
    private bool _echo = true;
    private int _closed;

    public StreamPumpTests()
    {
        _loop = new UdpLoop(new PortableSocket(IPAddress.Loopback, 0), new MediaClock(TimeProvider.System), this, _ => { });
        _loop.Start();
    }

    Instant IDatagramHandler.NextTick => Instant.Never;

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task Run_Datagrams_GoInAndComeBackFramed()
    {
        var running = RunAsync();
        await _in.Writer.WriteAsync(new byte[] { 0, 2, 1 });
        await _in.Writer.WriteAsync(new byte[] { 2, 0, 1, 3 });
        (await ReadAsync(7)).ShouldBe(new byte[] { 0, 2, 1, 2, 0, 1, 3 });
        _flow.Queued.ShouldBeLessThanOrEqualTo(7);
        await _in.Writer.CompleteAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        _received.Count.ShouldBe(2);
        (_closed, _flow.IsClosed).ShouldBe((1, true));
        _flow.TrySend([1]).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_WhatIsNoFrame_EndsTheConnection()
    {
        var running = RunAsync();
        await _in.Writer.WriteAsync(new byte[] { 0xFF, 0xFF, 1 });
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        _closed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_WhereNoMoreAreTaken_EndsAtOnce()
    {
        _accept = false;
        await RunAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _closed.ShouldBe(0);
    }

    [Fact]
    public async Task Run_AnIdleConnectionThatDribbles_EndsAtTheLimit()
    {
        var running = RunAsync();
        await _in.Writer.WriteAsync(new byte[] { 0, 1, 5 });
        await ReadAsync(3);
        _time.Advance(StreamPump.UseLimit - TimeSpan.FromSeconds(1));
        await _in.Writer.WriteAsync(new byte[] { 0, 9, 1 });
        _time.Advance(TimeSpan.FromSeconds(1));
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        _closed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ABusyConnectionWithoutUse_EndsAtTheLimit()
    {
        var running = RunAsync();
        for (int second = 0; second < 30; second++)
        {
            await _in.Writer.WriteAsync(new byte[] { 0, 1, 5 });
            await ReadAsync(3);
            running.IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await running.WaitAsync(TimeSpan.FromSeconds(10));
        _closed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_AnIdleConnectionInUse_StaysAndLosesNothing()
    {
        _inUse = true;
        var running = RunAsync();
        await _in.Writer.WriteAsync(new byte[] { 0, 1, 5, 0, 2, 6 });
        await ReadAsync(3);
        _time.Advance(StreamPump.UseLimit);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await _in.Writer.WriteAsync(new byte[] { 7 });
        (await ReadAsync(4)).ShouldBe(new byte[] { 0, 2, 6, 7 });
        await _in.Writer.CompleteAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Run_AFlowThatIsClosedByTheLoop_SendsWhatIsQueuedAndEnds()
    {
        _echo = false;
        var running = RunAsync();
        await _in.Writer.WriteAsync(new byte[] { 0, 1, 5 });
        await _loop.InvokeAsync(_ =>
        {
            _flow.TrySend([8, 9]).ShouldBeTrue();
            _flow.Close();
            return true;
        });
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        (await ReadAsync(4)).ShouldBe(new byte[] { 0, 2, 8, 9 });
    }

    [Fact]
    public async Task Run_APeerThatGoesAway_EndsTheFlow()
    {
        var running = RunAsync();
        await _out.Reader.CompleteAsync();
        await _in.Writer.WriteAsync(new byte[] { 0, 1, 5 });
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        _closed.ShouldBe(1);
    }

    [Fact]
    public void TrySend_BeyondTheQueue_IsDroppedCountedAndClosedInTheEnd()
    {
        var flow = new TcpFlow(1, Remote, StreamFraming.Turn, queueLimit: 1000);
        int sent = 0;
        while (flow.TrySend(new byte[100]))
            sent++;
        sent.ShouldBe(9);
        flow.Queued.ShouldBe(900);
        flow.Dropped.ShouldBe(1);
        for (int i = 0; i < 499; i++)
            flow.IsClosed.ShouldBe(flow.TrySend(new byte[100]));
        flow.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Flows_AreFoundByNumberAndBounded()
    {
        var flows = new TcpFlows(limit: 1);
        flows.TryAdd(_flow).ShouldBeTrue();
        flows.TryAdd(new TcpFlow(8, Remote, StreamFraming.Turn)).ShouldBeFalse();
        flows.TrySend(_flow.Address, [1]).ShouldBeTrue();
        flows.TrySend(Remote.Via(TransportKind.Tcp, 8), [1]).ShouldBeFalse();
        flows.Dropped.ShouldBe(1);
        flows.Remove(_flow);
        flows.TrySend(_flow.Address, [1]).ShouldBeFalse();
        FlowNumber.IsTls(FlowNumber.Of(3, isTls: true)).ShouldBeTrue();
        FlowNumber.IsTls(FlowNumber.Of(3, isTls: false)).ShouldBeFalse();
    }

    bool IStreamHandler.OnOpened(TcpFlow flow, Instant now) => _accept;

    void IStreamHandler.OnDatagram(Span<byte> datagram, TcpFlow flow, Instant now)
    {
        _received.Add(datagram.ToArray());
        if (_echo)
            flow.TrySend(datagram);
    }

    bool IStreamHandler.IsInUse(TcpFlow flow)
    {
        _asked.TrySetResult();
        return _inUse;
    }

    void IStreamHandler.OnClosed(TcpFlow flow, Instant now) => _closed++;

    void IDatagramHandler.OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now)
    {
    }

    void IDatagramHandler.OnTick(Instant now)
    {
    }

    private Task RunAsync() =>
        new StreamPump(_loop, _flow, this, _time).RunAsync(new DuplexPipe(_in.Reader, _out.Writer), CancellationToken.None);

    private async Task<byte[]> ReadAsync(int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var read = await _out.Reader.ReadAtLeastAsync(count, timeout.Token);
        byte[] bytes = read.Buffer.Slice(0, count).ToArray();
        _out.Reader.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
