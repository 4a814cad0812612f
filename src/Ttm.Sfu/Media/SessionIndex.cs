using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ttm.Rtc;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Stun;

namespace Ttm.Sfu.Media;

/// <summary>
/// Finds the session of a datagram: by remote address, or, for a STUN check, by the ufrag that it names (RFC 8445 section 7.3). An address
/// belongs to the session from which an authenticated check came last.
/// </summary>
internal sealed class SessionIndex
{
    private readonly Dictionary<TransportAddress, MediaSession> _byAddress = [];
    private readonly Dictionary<string, MediaSession> _byUfrag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MediaSession>.AlternateLookup<ReadOnlySpan<char>> _byUfragSpan;

    public SessionIndex()
    {
        _byUfragSpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool TryFind(in TransportAddress from, [NotNullWhen(true)] out MediaSession? session) => _byAddress.TryGetValue(from, out session);

    /// <summary>For a STUN datagram; <see cref="DropReason.UnexpectedStun"/> for one that is no ICE check. An indication carries no user name (RFC 8445 section 11), so its address must do.</summary>
    public DropReason FindByCheck(ReadOnlySpan<byte> datagram, in TransportAddress from, out MediaSession? session)
    {
        session = null;
        if (!StunMessage.TryParse(datagram, out var message))
            return DropReason.MalformedStun;
        if (message.Method != StunMethod.Binding)
            return DropReason.UnexpectedStun;
        if (!IceUsername.TryGetLocalUfrag(message, out var ufrag))
            return message.Class == StunClass.Indication && TryFind(from, out session) ? DropReason.None : DropReason.UnexpectedStun;

        Span<char> text = stackalloc char[256];
        bool found = ufrag.Length <= text.Length && _byUfragSpan.TryGetValue(text[..Encoding.Latin1.GetChars(ufrag, text)], out session);
        return found ? DropReason.None : DropReason.UnknownUfrag;
    }

    /// <summary>Takes over the agent's ufrags: all new at first, two while a restart is under way.</summary>
    public void SetUfrags(MediaSession session)
    {
        foreach (string ufrag in session.Ufrags)
            _byUfrag.Remove(ufrag);
        session.Ufrags.Clear();
        session.Ufrags.AddRange(((IceLiteAgent)session.Transport.Ice).LocalUfrags);
        foreach (string ufrag in session.Ufrags)
            _byUfrag[ufrag] = session;
    }

    /// <summary>A check came from this address and was good.</summary>
    public void Remember(MediaSession session, in TransportAddress address)
    {
        _byAddress.TryGetValue(address, out var holder);
        if (ReferenceEquals(holder, session) || !session.Transport.Ice.IsValidated(address))
            return;
        if (!session.CanRemember)
            ForgetStale(session);
        if (!session.CanRemember)
            return;
        holder?.Addresses.Remove(address);
        _byAddress[address] = session;
        session.Addresses.Add(address);
    }

    /// <summary>Nothing comes from, or can go to, this address any more.</summary>
    public void Forget(in TransportAddress address)
    {
        if (_byAddress.Remove(address, out var session))
            session.Addresses.Remove(address);
    }

    public void Remove(MediaSession session)
    {
        foreach (var address in session.Addresses)
            Forget(session, address);
        foreach (string ufrag in session.Ufrags)
            _byUfrag.Remove(ufrag);
        session.Addresses.Clear();
        session.Ufrags.Clear();
    }

    private void ForgetStale(MediaSession session)
    {
        for (int index = session.Addresses.Count - 1; index >= 0; index--)
        {
            if (session.Transport.Ice.IsValidated(session.Addresses[index]))
                continue;
            Forget(session, session.Addresses[index]);
            session.Addresses.RemoveAt(index);
        }
    }

    private void Forget(MediaSession session, in TransportAddress address)
    {
        if (_byAddress.TryGetValue(address, out var holder) && ReferenceEquals(holder, session))
            _byAddress.Remove(address);
    }
}
