using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Lame;

namespace Ttm.Recorder.Transcoding;

/// <summary>An MP3 that is being made: an ID3v2 tag, the Info tag's frame, then sound.</summary>
internal sealed class Mp3Part : ISampleSink, IDisposable
{
    private const int Chunk = 1152;

    private static readonly short[] Silence = new short[Chunk];

    private readonly IAudioEncoder _encoder;
    private readonly string _path;
    private readonly int _tagLength;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer;
    private int _buffered;
    private long _written;

    public Mp3Part(string path, IAudioEncoder encoder, ReadOnlySpan<byte> tag)
    {
        _path = path;
        _encoder = encoder;
        _tagLength = tag.Length;
        _buffer = new byte[2 * encoder.MaxBytes(Chunk)];
        _file = SpoolFile.Create(path);
        RandomAccess.Write(_file, tag, 0);
        _written = tag.Length;
    }

    public long Samples { get; private set; }

    public void Write(ReadOnlySpan<short> samples)
    {
        Samples += samples.Length;
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, Chunk);
            Encode(samples[..count]);
            samples = samples[count..];
        }
    }

    public void WriteSilence(long count)
    {
        Samples += count;
        for (; count > 0; count -= Chunk)
            Encode(Silence.AsSpan(0, (int)Math.Min(count, Chunk)));
    }

    /// <summary>Ends the file, brings it to disk and gives it its name.</summary>
    public FinishedMp3 Finish(string path)
    {
        Spill();
        _buffered = _encoder.Flush(_buffer);
        Spill();
        int length = _encoder.GetInfoFrame(_buffer);
        RandomAccess.Write(_file, _buffer.AsSpan(0, length), _tagLength);
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        string sha256 = HashOf(_path);
        File.Move(_path, path, overwrite: true);
        return new FinishedMp3(path, _written, sha256, Samples);
    }

    public void Dispose()
    {
        _file.Dispose();
        _encoder.Dispose();
    }

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private void Encode(ReadOnlySpan<short> samples)
    {
        if (_buffer.Length - _buffered < _encoder.MaxBytes(samples.Length))
            Spill();
        _buffered += _encoder.Encode(samples, _buffer.AsSpan(_buffered));
    }

    private void Spill()
    {
        RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}

/// <param name="Samples">Of sound, without what the encoder adds before and behind.</param>
internal sealed record FinishedMp3(string Path, long Bytes, string Sha256, long Samples);
