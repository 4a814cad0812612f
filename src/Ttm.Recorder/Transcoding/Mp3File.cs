using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Lame;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// The file of an MP3 that is being made: an ID3v2 tag, the Info tag's frame, then sound, all frames equally long. Written a buffer at a time; what is
/// advanced past stays readable until the next call.
/// </summary>
internal sealed class Mp3File : IBufferWriter<byte>, IDisposable
{
    private readonly int _tagLength;
    private readonly int _frameLength;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer;
    private int _buffered;
    private long _written;

    public Mp3File(string path, ReadOnlySpan<byte> tag, int frameLength, int bufferLength)
    {
        _tagLength = tag.Length;
        _frameLength = frameLength;
        _buffer = new byte[bufferLength];
        _file = SpoolFile.Create(path);
        RandomAccess.Write(_file, tag, 0);
        _written = tag.Length;
    }

    /// <summary>Of sound: the first one is the Info tag's.</summary>
    public long Frames => (Length / _frameLength) - 1;

    /// <summary>Of all frames, in bytes.</summary>
    public long Length => _written + _buffered - _tagLength;

    /// <summary>Of the frames of sound, as the Info tag has it.</summary>
    public ushort MusicCrc { get; private set; }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _buffered < sizeHint)
            Spill();
        return _buffer.AsMemory(_buffered);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Advance(int count)
    {
        int ofInfo = (int)Math.Clamp(_frameLength - Length, 0, count);
        MusicCrc = InfoTag.Crc(MusicCrc, _buffer.AsSpan(_buffered + ofInfo, count - ofInfo));
        _buffered += count;
    }

    /// <summary>Puts the Info tag's frame in its place and brings everything to disk. Returns the file's length.</summary>
    public long Finish(ReadOnlySpan<byte> infoFrame)
    {
        Spill();
        RandomAccess.Write(_file, infoFrame, _tagLength);
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        return _written;
    }

    public void Dispose() => _file.Dispose();

    private void Spill()
    {
        RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}
