using System.Security.Cryptography;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Lame;

/// <summary>
/// Makes one MP3 of several by copying their frames, with frames of silence between. Each part begins at the frame that is nearest to its place,
/// so it is at most half a frame (12 ms; 18 ms at 16 kHz) off, and the error does not add up.
/// </summary>
internal sealed class Mp3Join : IDisposable
{
    /// <summary>
    /// At a seam the part before goes on for so many frames of the next one, which hold the encoder's delay and next to nothing of its sound.
    /// </summary>
    public const int LeadFrames = 2;

    // Players cut off what is behind the last sample only if there is more of it than their own delay of 529.
    private const int LeastPadding = 576;
    private const int MostPadding = 4095;

    private readonly FileStream _file;
    private readonly int _tagLength;
    private byte[]? _infoFrame;
    private ReadOnlyMemory<byte> _silence;
    private int _delay;
    private int _sampleRate;
    private int _samplesPerFrame;
    private long _next;
    private long _bytes;
    private ushort _crc;

    public Mp3Join(string path, byte[] tag)
    {
        SpoolFile.Create(path).Dispose();
        _file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        _file.Write(tag);
        _tagLength = tag.Length;
    }

    /// <summary>The frame of the whole at which a part begins.</summary>
    public static long FrameOf(long offset, int samplesPerFrame) => (offset + (samplesPerFrame / 2)) / samplesPerFrame;

    /// <summary>Appends a part; false where it is of another format than the ones before.</summary>
    /// <param name="offset">In samples, from the whole's beginning; not before that of the part before.</param>
    /// <param name="nextOffset">Where the next part begins.</param>
    public bool Add(Mp3Stream part, int bitrate, long offset, long nextOffset)
    {
        if (_infoFrame is null)
            Start(part, bitrate);
        else if (part.SampleRate != _sampleRate || part.Info.Delay != _delay || part.InfoFrame.Length != _infoFrame.Length)
            return false;

        long first = FrameOf(offset, _samplesPerFrame);
        long from = Math.Max(_next, first);
        long limit = nextOffset == long.MaxValue ? long.MaxValue : FrameOf(nextOffset, _samplesPerFrame) + LeadFrames;
        long to = Math.Min(first + part.Frames, limit);
        WriteSilence(from);
        if (to > from)
        {
            Write(part.Slice((int)(from - first), (int)(to - first)).Span);
            _next = to;
        }

        return true;
    }

    /// <summary>Ends the file and brings it to disk. Null where nothing was added.</summary>
    public JoinedMp3? Finish(long samples)
    {
        if (_infoFrame is null)
            return null;
        WriteSilence((_delay + samples + LeastPadding + _samplesPerFrame - 1) / _samplesPerFrame);
        long padding = Math.Min(MostPadding, (_next * _samplesPerFrame) - _delay - samples);
        new InfoTag(_next, _infoFrame.Length + _bytes, _delay, (int)padding).WriteTo(_infoFrame, _crc);
        _file.Position = _tagLength;
        _file.Write(_infoFrame);
        _file.Flush(flushToDisk: true);
        _file.Position = 0;
        return new JoinedMp3(_file.Length, Convert.ToHexStringLower(SHA256.HashData(_file)), _next);
    }

    public void Dispose() => _file.Dispose();

    private void Start(Mp3Stream part, int bitrate)
    {
        (_sampleRate, _samplesPerFrame, _delay) = (part.SampleRate, part.SamplesPerFrame, part.Info.Delay);
        _silence = SilentFrame.Of(_sampleRate, bitrate);
        _infoFrame = part.InfoFrame.ToArray();
        _file.Write(_infoFrame);
    }

    private void WriteSilence(long until)
    {
        for (; _next < until; _next++)
            Write(_silence.Span);
    }

    private void Write(ReadOnlySpan<byte> frames)
    {
        _file.Write(frames);
        _bytes += frames.Length;
        _crc = InfoTag.Crc(_crc, frames);
    }
}

internal sealed record JoinedMp3(long Bytes, string Sha256, long Frames);
