using System.Buffers;
using System.IO.Pipelines;
using Ttm.Rtc;

namespace Ttm.Net.Tcp;

/// <summary>
/// A TCP or TLS connection as the loop sees it: an address to send datagrams to. What is sent waits in a bounded queue, framed; beyond the
/// bound it is dropped, for real time does not wait, and a peer that takes nothing for long is closed. The loop's thread sends and closes;
/// the connection's own task runs <see cref="CopyOutputAsync"/>.
/// </summary>
public sealed class TcpFlow
{
    /// <summary>Two seconds of one lesson's audio, with room for a burst.</summary>
    public const int DefaultQueueLimit = 64 * 1024;

    // Ten seconds of audio, none of which went out.
    private const int DropsUntilClosed = 500;

    private readonly Pipe _output = new(new PipeOptions(
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, readerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false));

    private readonly int _queueLimit;
    private int _queued;
    private int _dropsInARow;
    private volatile bool _isClosed;

    /// <param name="number">Of <see cref="FlowNumber"/>: one connection's alone.</param>
    public TcpFlow(uint number, in TransportAddress remote, StreamFraming framing, int queueLimit = DefaultQueueLimit)
    {
        Address = remote.Via(TransportKind.Tcp, number);
        Framing = framing;
        _queueLimit = queueLimit;
    }

    /// <summary>Where the peer is, by this connection.</summary>
    public TransportAddress Address { get; }

    public StreamFraming Framing { get; }

    public bool IsClosed => _isClosed;

    /// <summary>Bytes that the connection has not taken yet.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Datagrams that found the queue full.</summary>
    public long Dropped { get; private set; }

    /// <summary>False where the flow is closed or its queue is full.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        if (_isClosed)
            return false;
        if (Queued + datagram.Length + StreamFrames.MaxOverhead > _queueLimit)
        {
            Dropped++;
            if (++_dropsInARow >= DropsUntilClosed)
                Close();
            return false;
        }

        _dropsInARow = 0;
        int length = StreamFrames.Write(Framing, _output.Writer.GetSpan(datagram.Length + StreamFrames.MaxOverhead), datagram);
        _output.Writer.Advance(length);
        Interlocked.Add(ref _queued, length);

        // Never waits: the pipe has no threshold, the bound is the one above.
        var flushed = _output.Writer.FlushAsync();
        if (flushed.IsCompletedSuccessfully && flushed.Result.IsCompleted)
            Close();
        return true;
    }

    /// <summary>What is queued still goes out; then the connection ends.</summary>
    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _output.Writer.Complete();
    }

    /// <summary>Gives what is sent to the connection, until the flow is closed or the connection takes no more.</summary>
    public async Task CopyOutputAsync(PipeWriter connection, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var read = await _output.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                    connection.Write(segment.Span);
                long length = read.Buffer.Length;
                _output.Reader.AdvanceTo(read.Buffer.End);
                var flushed = await connection.FlushAsync(cancellation).ConfigureAwait(false);
                Interlocked.Add(ref _queued, -(int)length);
                if (read.IsCompleted || flushed.IsCompleted)
                    return;
            }
        }
        finally
        {
            await _output.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }
}
