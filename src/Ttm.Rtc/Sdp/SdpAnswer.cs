namespace Ttm.Rtc.Sdp;

/// <summary>A server's answer, as one of our own clients reads it.</summary>
/// <param name="Audio">The accepted audio m-section.</param>
public sealed record SdpAnswer(SdpAudio Audio)
{
    /// <summary>False where it is malformed or where the audio was refused.</summary>
    public static bool TryParse(string text, out SdpAnswer? answer, out SdpError? error)
    {
        answer = null;
        if (!SdpDocument.TryParse(text, out var document, out error))
            return false;
        if (document!.Media.Find(media => media.Kind == "audio" && !media.IsRejected) is not { } accepted)
        {
            error = SdpError.Unacceptable("The answer accepts no audio m-line.");
            return false;
        }

        if (SdpAudioReader.TryRead(document, accepted, out var audio, out error))
            answer = new SdpAnswer(audio!);
        return answer is not null;
    }
}
