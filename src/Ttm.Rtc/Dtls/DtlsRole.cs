namespace Ttm.Rtc.Dtls;

/// <summary>The end's part by the SDP attribute <c>setup</c> (RFC 5763 section 5): active sends the ClientHello, passive waits for it.</summary>
public enum DtlsRole : byte
{
    Active = 0,
    Passive = 1,
}
