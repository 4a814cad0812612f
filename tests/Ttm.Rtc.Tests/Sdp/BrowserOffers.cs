namespace Ttm.Rtc.Tests.Sdp;

/// <summary>Offers as browsers make them, with addresses and keys changed.</summary>
internal static class BrowserOffers
{
    public const string Sha256 = "8C:7E:C4:30:DE:8F:96:A2:6A:B8:21:A0:B1:FB:E4:52:B9:D9:6D:FC:EC:A6:B4:4A:70:F8:E5:94:11:0A:C6:6C";

    public const string ChromiumSendOnly = $"""
        v=0
        o=- 2679344258933173625 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=extmap-allow-mixed
        a=msid-semantic: WMS 0fcea583-a026-4177-9fdd-fb27a5da51aa
        m=audio 58827 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 198.51.100.2
        a=rtcp:9 IN IP4 0.0.0.0
        a=candidate:1946518091 1 udp 2122194687 198.51.100.2 58827 typ host generation 0 network-id 1
        a=candidate:1937239803 1 udp 2122265343 2001:db8::2 38107 typ host generation 0 network-id 2
        a=candidate:181035219 1 tcp 1518214911 198.51.100.2 9 typ host tcptype active generation 0 network-id 1
        a=ice-ufrag:LXB3
        a=ice-pwd:WWuE58QWPIUxNPrTd7wbVh64
        a=ice-options:trickle
        a=fingerprint:sha-256 {Sha256}
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendonly
        a=msid:0fcea583-a026-4177-9fdd-fb27a5da51aa 8fac53b1-21af-4fb4-a835-b786db38df61
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:3332026325 cname:OzzlBkbJYcD0fvvA
        a=ssrc:3332026325 msid:0fcea583-a026-4177-9fdd-fb27a5da51aa 8fac53b1-21af-4fb4-a835-b786db38df61

        """;

    /// <summary>Fingerprint and options at the session's level, mDNS candidates, a dynamic payload type below 111.</summary>
    public const string FirefoxRecvOnly = $$"""
        v=0
        o=mozilla...THIS_IS_SDPARTA-99.0 5215366113364857142 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=fingerprint:sha-256 {{Sha256}}
        a=group:BUNDLE {f3a1}
        a=ice-options:trickle
        a=msid-semantic:WMS *
        m=audio 49203 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 198.51.100.7
        a=candidate:0 1 UDP 2122187007 2cd9b1a0-75a5-4d2f-9e0b-95b1c6b0b8e7.local 49203 typ host
        a=candidate:4 1 TCP 2105458943 2cd9b1a0-75a5-4d2f-9e0b-95b1c6b0b8e7.local 9 typ host tcptype active
        a=candidate:1 1 UDP 1685987327 198.51.100.7 49203 typ srflx raddr 0.0.0.0 rport 0
        a=recvonly
        a=end-of-candidates
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:7fb3c1b5a09a8e2f9d0d9cf5c8a1c2e4
        a=ice-ufrag:8f0b7d6c
        a=mid:{f3a1}
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000/1
        a=setup:actpass
        a=ssrc:2655508255 cname:{c9e56c47-cd2e-4d1e-9f4f-3d5b3d3f2f0a}

        """;

    /// <summary>Safari with a camera and a data channel beside the microphone, sendrecv.</summary>
    public const string SafariWithVideoAndData = $"""
        v=0
        o=- 4611731400430051336 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1 2
        a=extmap-allow-mixed
        a=msid-semantic: WMS 3A0D
        m=audio 9 UDP/TLS/RTP/SAVPF 111 103 104 9 102 0 8 106 105 13 110 112 113 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:n7Pm
        a=ice-pwd:Q/lgPMmW6pvWiKZe6P+Ll7yx
        a=ice-options:trickle
        a=fingerprint:sha-256 {Sha256}
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendrecv
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 nack
        a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1
        a=rtpmap:103 ISAC/16000
        m=video 9 UDP/TLS/RTP/SAVPF 96 97
        c=IN IP4 0.0.0.0
        a=ice-ufrag:n7Pm
        a=ice-pwd:Q/lgPMmW6pvWiKZe6P+Ll7yx
        a=fingerprint:sha-256 {Sha256}
        a=setup:actpass
        a=mid:1
        a=sendrecv
        a=rtcp-mux
        a=rtpmap:96 H264/90000
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 0.0.0.0
        a=ice-ufrag:n7Pm
        a=ice-pwd:Q/lgPMmW6pvWiKZe6P+Ll7yx
        a=fingerprint:sha-256 {Sha256}
        a=setup:actpass
        a=mid:2
        a=sctp-port:5000

        """;
}
