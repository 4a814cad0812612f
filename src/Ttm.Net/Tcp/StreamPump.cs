using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Ttm.Rtc;

namespace Ttm.Net.Tcp;

/// <summary>What a <see cref="StreamPump"/> tells its owner, all on the loop's thread.</summary>
public interface IStreamHandler
{
    /// <summary>Before the first datagram. False where no more connections are taken.</summary>
    bool OnOpened(TcpFlow flow, Instant now);

    /// <param name="datagram">The pump's memory: may be decrypted in place, valid during the call only.</param>
    void OnDatagram(Span<byte> datagram, TcpFlow flow, Instant now);

    /// <summary>
    /// Asked now and then, whatever has come: whether the connection has an allocation or a session to stay open for.
    /// </summary>
    bool IsInUse(TcpFlow flow);

    /// <summary>After the last datagram, once for each <see cref="OnOpened"/> that was true.</summary>
    void OnClosed(TcpFlow flow, Instant now);
}

/// <summary>
/// Carries one connection's datagrams to the loop and back. Reads on when the loop has taken what was read, so that a connection holds no
/// more than its pipe does. The loop must outlive its pumps.
/// </summary>
public sealed class StreamPump : IValueTaskSource<bool>
{
    /// <summary>How long a connection may be without an allocation or a session, however busy it is.</summary>
    public static readonly TimeSpan UseLimit = TimeSpan.FromSeconds(30);

    private readonly UdpLoop _loop;
    private readonly TcpFlow _flow;
    private readonly IStreamHandler _handler;
    private readonly TimeProvider _time;
    private readonly Action<Instant> _take;
    private readonly byte[] _datagram = new byte[DatagramLimits.BufferLength];
    private ManualResetValueTaskSourceCore<bool> _taken = new() { RunContinuationsAsynchronously = true };
    private ReadOnlySequence<byte> _input;

    public StreamPump(UdpLoop loop, TcpFlow flow, IStreamHandler handler, TimeProvider time)
    {
        _loop = loop;
        _flow = flow;
        _handler = handler;
        _time = time;
        _take = Take;
    }

    /// <summary>Until the peer ends or breaks off, has no use for the connection, sends what is no frame, or the flow is closed.</summary>
    public async Task RunAsync(IDuplexPipe connection, CancellationToken cancellation)
    {
        if (!await _loop.InvokeAsync(now => _handler.OnOpened(_flow, now)).ConfigureAwait(false))
            return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var output = CopyOutputAsync(connection.Output, ending);
        try
        {
            await CopyInputAsync(connection.Input, ending.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The connection is gone: that is how most of them end.
        }
        finally
        {
            // A closed flow still sends what it has queued; a peer that does not take it in a second does not get it.
            await _loop.InvokeAsync(Close).ConfigureAwait(false);
            ending.CancelAfter(TimeSpan.FromSeconds(1));
            await output.ConfigureAwait(false);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _taken.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _taken.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _taken.OnCompleted(continuation, state, token, flags);

    private async Task CopyInputAsync(PipeReader input, CancellationToken cancellation)
    {
        using var look = _time.CreateTimer(_ => input.CancelPendingRead(), null, UseLimit, UseLimit);
        while (true)
        {
            var read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            if (read.IsCanceled)
            {
                // What has come in the meantime is read again.
                input.AdvanceTo(read.Buffer.Start);
                if (!await _loop.InvokeAsync(_ => _handler.IsInUse(_flow)).ConfigureAwait(false))
                    return;
                continue;
            }

            _input = read.Buffer;
            bool isGood = await TakeOnLoop().ConfigureAwait(false);
            input.AdvanceTo(_input.Start, _input.End);
            if (!isGood || read.IsCompleted)
                return;
        }
    }

    private async Task CopyOutputAsync(PipeWriter output, CancellationTokenSource ending)
    {
        try
        {
            await _flow.CopyOutputAsync(output, ending.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // As above.
        }

        // Without a way out there is no use in the way in.
        await ending.CancelAsync().ConfigureAwait(false);
    }

    private ValueTask<bool> TakeOnLoop()
    {
        _taken.Reset();
        _loop.Post(_take);
        return new ValueTask<bool>(this, _taken.Version);
    }

    private void Take(Instant now)
    {
        var result = FrameResult.Malformed;
        try
        {
            while (!_flow.IsClosed)
            {
                result = StreamFrames.TryTake(_flow.Framing, ref _input, _datagram, out int length);
                if (result != FrameResult.Taken)
                    break;
                _handler.OnDatagram(_datagram.AsSpan(0, length), _flow, now);
            }
        }
        finally
        {
            _taken.SetResult(!_flow.IsClosed && result != FrameResult.Malformed);
        }
    }

    private bool Close(Instant now)
    {
        _flow.Close();
        _handler.OnClosed(_flow, now);
        return true;
    }
}
