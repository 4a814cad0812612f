using System.Security.Cryptography;
using Ttm.Recorder.Lame;

namespace Ttm.Recorder.Transcoding;

/// <summary>An MP3 that is being made of samples.</summary>
internal sealed class Mp3Part : ISampleSink, IDisposable
{
    private readonly IAudioEncoder _encoder;
    private readonly string _path;
    private readonly Mp3File _file;
    private readonly FrameEncoder _frames;

    public Mp3Part(string path, IAudioEncoder encoder, ReadOnlySpan<byte> tag)
    {
        _path = path;
        _encoder = encoder;
        _file = new Mp3File(path, tag, encoder.SilentFrame.Length, 2 * encoder.MaxBytes(FrameEncoder.Batch * encoder.SamplesPerFrame));
        _frames = new FrameEncoder(encoder, _file);
    }

    public long Samples { get; private set; }

    public void Write(ReadOnlySpan<short> samples)
    {
        Samples += samples.Length;
        _frames.Write(samples);
    }

    public void WriteSilence(long count)
    {
        Samples += count;
        _frames.WriteSilence(count);
    }

    /// <summary>Ends the file, brings it to disk and gives it its name.</summary>
    public FinishedMp3 Finish(string path)
    {
        _frames.Flush();
        long bytes = _file.Finish(InfoFrame());
        string sha256 = HashOf(_path);
        File.Move(_path, path, overwrite: true);
        return new FinishedMp3(path, bytes, sha256, Samples);
    }

    public void Dispose()
    {
        _file.Dispose();
        _encoder.Dispose();
    }

    /// <summary>As the encoder made it, with the figures of the file: it knows nothing of the frames that it did not encode.</summary>
    private byte[] InfoFrame()
    {
        byte[] frame = new byte[_encoder.MaxBytes(0)];
        frame = frame[.._encoder.GetInfoFrame(frame)];
        if (!InfoTag.TryRead(frame, out InfoTag tag) || frame.Length != _encoder.SilentFrame.Length)
            throw new InvalidOperationException("The encoder's first frame is no Info tag.");
        (tag with { Frames = _file.Frames, Bytes = _file.Length }).WriteTo(frame, _file.MusicCrc);
        return frame;
    }

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

/// <param name="Samples">Of sound, without what the encoder adds before and behind.</param>
internal sealed record FinishedMp3(string Path, long Bytes, string Sha256, long Samples);
