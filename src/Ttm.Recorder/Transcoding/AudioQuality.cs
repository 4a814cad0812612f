namespace Ttm.Recorder.Transcoding;

/// <summary>What the network left of a recording's packets. Counted while the samples are made.</summary>
internal sealed class AudioQuality
{
    /// <summary>Packets that came in time and became sound, or were part of a pause.</summary>
    public long Received { get; set; }

    /// <summary>Packets that never came, or came too late.</summary>
    public long Lost { get; set; }

    /// <summary>Lost packets whose sound came from the copy in their successor.</summary>
    public long Recovered { get; set; }

    /// <summary>Packets, lost or corrupt, in whose place the decoder guessed.</summary>
    public long Concealed { get; set; }

    public long Expected => Received + Lost;
}
