using Ttm.Rtc.Ice;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>What control knows of a participant's connection. Its media belongs to the loop.</summary>
internal sealed class LessonSession(MediaSession media, SessionOwner owner, IceCredentials local, IceCredentials remote)
{
    private const int GenerationLimit = 8;

    /// <summary>The peer's credentials, a generation each, the newest last.</summary>
    private readonly List<IceCredentials> _remotes = [remote];

    public string Id => Media.Id;

    public MediaSession Media { get; } = media;

    public SessionOwner Owner { get; } = owner;

    /// <summary>The local ufrag: there is one to each ICE generation, and no other is like it.</summary>
    public string ETag => Local.Ufrag;

    /// <summary>Of the newest ICE generation.</summary>
    public IceCredentials Local { get; private set; } = local;

    /// <summary>True for the peer's credentials of this or a recent generation: a fragment with them only trickles, however late it comes.</summary>
    public bool Knows(IceCredentials credentials) => _remotes.Contains(credentials);

    public void BeginGeneration(IceCredentials local, IceCredentials remote)
    {
        if (_remotes.Count == GenerationLimit)
            _remotes.RemoveAt(0);
        _remotes.Add(remote);
        Local = local;
    }

    public bool IsConnected { get; set; }
}
