using System.Text;

namespace Ttm.Rtc.Sdp;

/// <summary>
/// Answers an offer: one audio m-line with Opus is taken, all others are refused with port 0 (RFC 3264 section 6, RFC 9429 section 5.3.1).
/// </summary>
public static class SdpAnswerer
{
    /// <summary>False where no audio m-line can be served; the error is that of the first one.</summary>
    public static bool TryAnswer(SdpOffer offer, SdpAnswerOptions options, out SdpNegotiation? negotiation, out SdpError? error)
    {
        negotiation = null;
        error = null;

        // RFC 9725 section 4.4.2: tracks that are too many are refused, not left out. A student's page may offer to receive more than there is.
        if (options.Direction == SdpDirection.RecvOnly && offer.Document.Media.Count(media => media.Kind == "audio" && !media.IsRejected) > 1)
        {
            error = SdpError.Unacceptable("The offer has several audio m-lines: a teacher has one track.");
            return false;
        }

        foreach (var media in offer.Document.Media)
        {
            if (media.Kind != "audio" || media.IsRejected)
                continue;
            if (!SdpAudioReader.TryRead(offer.Document, media, out var audio, out var reason) || (reason = Judge(audio!, options)) is not null)
            {
                error ??= reason;
                continue;
            }

            var setup = audio!.Setup == SdpSetup.Passive ? SdpSetup.Active : SdpSetup.Passive;
            negotiation = new SdpNegotiation(Write(offer.Document, media, audio, setup, options), audio, setup);
            error = null;
            return true;
        }

        error ??= SdpError.Unacceptable("The offer has no audio m-line.");
        return false;
    }

    private static SdpError? Judge(SdpAudio audio, SdpAnswerOptions options)
    {
        if (audio.IsIceLite)
            return SdpError.Unacceptable("The offer says a=ice-lite, and so does this server: nobody would begin the checks.");

        var wanted = options.Direction == SdpDirection.RecvOnly ? SdpDirection.SendOnly : SdpDirection.RecvOnly;
        return audio.Direction == wanted || audio.Direction == SdpDirection.SendRecv ? null : SdpError.Unacceptable(
            $"The audio m-line is a={SdpWords.Of(audio.Direction)}; offer a={SdpWords.Of(wanted)} or a=sendrecv here.");
    }

    private static string Write(SdpDocument offer, SdpMedia accepted, SdpAudio audio, SdpSetup setup, SdpAnswerOptions options)
    {
        var writer = new SdpAudioWriter
        {
            SessionId = options.SessionId,
            Mid = audio.Mid,
            Protocol = audio.Protocol,
            Direction = options.Direction,
            PayloadType = audio.OpusPayloadType,
            MidExtensionId = audio.MidExtensionId,
            AudioLevelExtensionId = audio.AudioLevelExtensionId,
            Ice = options.Ice,
            IsIceLite = true,
            Candidates = options.Candidates,
            Fingerprint = options.Fingerprint,
            Setup = setup,
            IsBundled = audio.IsBundled,
            ReducedSizeRtcp = audio.ReducedSizeRtcp,
            UseDtx = options.UseDtx,
            MaxAverageBitrate = options.MaxAverageBitrate,
            Source = options.Source,
        };
        var sdp = new StringBuilder(2048);
        writer.WriteSession(sdp);
        foreach (var media in offer.Media)
        {
            if (media == accepted)
                writer.WriteMedia(sdp);
            else
                WriteRefusal(sdp, media);
        }

        return sdp.ToString();
    }

    /// <summary>Port 0, the offer's protocol and formats; the mid keeps the m-lines recognisable (RFC 9429 section 5.3.1).</summary>
    private static void WriteRefusal(StringBuilder sdp, SdpMedia media)
    {
        SdpAudioWriter.Line(sdp, $"m={media.Kind} 0 {media.Protocol} {string.Join(' ', media.Formats)}");
        SdpAudioWriter.Line(sdp, "c=IN IP4 0.0.0.0");
        if (media.Mid is { } mid)
            SdpAudioWriter.Line(sdp, $"a=mid:{mid}");
        SdpAudioWriter.Line(sdp, "a=inactive");
    }
}
