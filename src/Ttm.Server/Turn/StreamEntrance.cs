using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Ttm.Net.Tcp;

namespace Ttm.Server.Turn;

/// <summary>Where TCP connections come in: looks at the first bytes and carries those of TURN and ICE-TCP to the port behind.</summary>
internal sealed class StreamEntrance(IServiceProvider services, TimeProvider time)
{
    /// <summary>Connections that have not said yet what they are; further ones are closed.</summary>
    public const int UndecidedLimit = 4096;

    private static readonly TimeSpan FirstBytesLimit = TimeSpan.FromSeconds(30);
    private int _undecided;

    /// <summary>
    /// What the connection speaks. TURN and ICE-TCP have been carried to their end when this returns; of all others not a byte is taken.
    /// <see cref="StreamKind.Undecided"/> for one that has said too little: it is to be closed.
    /// </summary>
    public async Task<StreamKind> EnterAsync(ConnectionContext connection, bool isTls)
    {
        if (connection.RemoteEndPoint is not IPEndPoint remote)
            return StreamKind.Unknown;
        var kind = await PeekAsync(connection);
        if (kind is not (StreamKind.Turn or StreamKind.IceTcp))
            return kind;

        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);

        // Found late: a server without TURN clients needs no media port for its pages.
        var port = services.GetRequiredService<IEntrancePort>();
        var framing = kind == StreamKind.Turn ? StreamFraming.Turn : StreamFraming.Rfc4571;
        await port.CarryAsync(connection.Transport, remote, framing, isTls, ending.Token);
        return kind;
    }

    private async Task<StreamKind> PeekAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _undecided) > UndecidedLimit)
                return StreamKind.Undecided;
            using var late = new CancellationTokenSource(FirstBytesLimit, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosed);
            return await PeekAsync(connection.Transport.Input, ending.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return StreamKind.Undecided;
        }
        finally
        {
            Interlocked.Decrement(ref _undecided);
        }
    }

    private static async Task<StreamKind> PeekAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            var kind = Classify(read.Buffer);
            if (kind != StreamKind.Undecided || read.IsCompleted || read.IsCanceled)
            {
                // Nothing counts as examined, so that the next reader gets it at once.
                input.AdvanceTo(read.Buffer.Start);
                return kind;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static StreamKind Classify(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[StreamClassifier.BytesNeeded];
        var head = buffer.Slice(0, Math.Min(buffer.Length, first.Length));
        head.CopyTo(first);
        return StreamClassifier.Classify(first[..(int)head.Length]);
    }
}
