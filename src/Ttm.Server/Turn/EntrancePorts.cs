namespace Ttm.Server.Turn;

/// <summary>By which TCP ports TURN can be reached; known once they are open.</summary>
internal sealed class EntrancePorts
{
    private volatile int _tcp;
    private volatile int _tls;

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
