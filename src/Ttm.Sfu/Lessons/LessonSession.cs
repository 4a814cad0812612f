using Ttm.Rtc.Ice;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>What control knows of a participant's connection. Its media belongs to the loop.</summary>
internal sealed class LessonSession(MediaSession media, SessionOwner owner, IceCredentials local, IceCredentials remote)
{
    public string Id => Media.Id;

    public MediaSession Media { get; } = media;

    public SessionOwner Owner { get; } = owner;

    /// <summary>The local ufrag: there is one to each ICE generation, and no other is like it.</summary>
    public string ETag => Local.Ufrag;

    /// <summary>Of the newest ICE generation.</summary>
    public IceCredentials Local { get; set; } = local;

    /// <summary>Of the newest ICE generation.</summary>
    public IceCredentials Remote { get; set; } = remote;

    public bool IsConnected { get; set; }
}
