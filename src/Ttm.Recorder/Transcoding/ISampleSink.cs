namespace Ttm.Recorder.Transcoding;

/// <summary>Takes the samples of a recording in order, without a hole.</summary>
internal interface ISampleSink
{
    void Write(ReadOnlySpan<short> samples);

    /// <summary>As many samples of digital silence.</summary>
    void WriteSilence(long count);
}
