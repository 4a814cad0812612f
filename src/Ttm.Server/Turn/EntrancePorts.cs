namespace Ttm.Server.Turn;

/// <summary>The ports at which ICE servers are handed out; known once they are open.</summary>
internal sealed class EntrancePorts
{
    private volatile int _udp;
    private volatile int _tcp;
    private volatile int _tls;

    /// <summary>Of STUN and TURN, beside the media port, which answers them, too; 0 where it is not open.</summary>
    public int Udp
    {
        get => _udp;
        set => _udp = value;
    }

    /// <summary>Beside the media port; 0 where it is not open.</summary>
    public int Tcp
    {
        get => _tcp;
        set => _tcp = value;
    }

    /// <summary>The HTTPS port; 0 where there is none.</summary>
    public int Tls
    {
        get => _tls;
        set => _tls = value;
    }
}
