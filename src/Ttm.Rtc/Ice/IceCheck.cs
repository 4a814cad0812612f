using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Ice;

internal enum IceCheckState : byte
{
    /// <summary>Not sent yet: waits for its place in the pacing.</summary>
    Waiting,

    /// <summary>Sent, not answered.</summary>
    InProgress,

    Succeeded,

    /// <summary>Answered by an error that no repetition mends.</summary>
    Failed,
}

/// <summary>One candidate pair of a controlling agent and its running transaction. The local end is one socket: the remote names the pair.</summary>
internal sealed class IceCheck(TransportAddress remote, IceGeneration generation)
{
    private readonly byte[] _transactionId = new byte[StunMessage.TransactionIdLength];

    public TransportAddress Remote => remote;

    public IceGeneration Generation => generation;

    public IceCheckState State { get; set; }

    /// <summary>The running transaction carries USE-CANDIDATE.</summary>
    public bool IsNominating { get; private set; }

    /// <summary>An ordinary check has succeeded at some time.</summary>
    public bool IsValid { get; set; }

    public int Transmissions { get; set; }

    public TimeSpan Rto { get; set; }

    /// <summary>When the transaction is sent again.</summary>
    public Instant NextSend { get; set; }

    public bool Matches(ReadOnlySpan<byte> transactionId) => Transmissions > 0 && transactionId.SequenceEqual(_transactionId);

    public void Begin(IRandomness randomness, bool nominate, TimeSpan rto, Instant now)
    {
        randomness.Fill(_transactionId);
        IsNominating = nominate;
        Transmissions = 0;
        Rto = rto;
        NextSend = now;
        State = IceCheckState.InProgress;
    }

    /// <summary>Writes the request (RFC 8445 section 7.2.4); returns its length.</summary>
    public int Write(Span<byte> buffer, ulong tieBreaker)
    {
        // RFC 8445 section 7.2.1: the priority that a peer-reflexive candidate would have.
        const uint Priority = (110u << 24) + (65535u << 8) + 255;
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, _transactionId);
        writer.Write(StunAttribute.Username, generation.OutgoingUsername);
        writer.WriteUInt32(StunAttribute.Priority, Priority);
        writer.WriteUInt64(StunAttribute.IceControlling, tieBreaker);
        if (IsNominating)
            writer.WriteFlag(StunAttribute.UseCandidate);
        writer.WriteMessageIntegrity(generation.RemotePassword);
        writer.WriteFingerprint();
        return writer.Length;
    }
}
