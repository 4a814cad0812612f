using System.Runtime.InteropServices;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

/// <summary>A session of libsrtp2 (srtp2/srtp.h, version 2.5), to hold ours against: one direction, any SSRC.</summary>
internal sealed unsafe partial class Libsrtp : IDisposable
{
    private const string Library = "libsrtp2.so.1";

    private readonly nint _session;

    static Libsrtp() => srtp_init().ShouldBe(0);

    internal Libsrtp(SrtpProfile profile, byte[] key, byte[] salt, bool sends)
    {
        byte[] master = [.. key, .. salt];
        fixed (byte* masterPointer = master)
        {
            Policy policy = default;
            policy.SsrcType = sends ? 3 : 2;
            policy.Key = masterPointer;
            policy.WindowSize = 128;
            if (profile == SrtpProfile.AeadAes128Gcm)
            {
                srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.Rtp);
                srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.Rtcp);
            }
            else
            {
                srtp_crypto_policy_set_rtp_default(&policy.Rtp);
                srtp_crypto_policy_set_rtcp_default(&policy.Rtcp);
            }

            nint session;
            srtp_create(&session, &policy).ShouldBe(0);
            _session = session;
        }
    }

    public void Dispose() => _ = srtp_dealloc(_session);

    internal int Protect(Span<byte> buffer, int length) => Run(&srtp_protect, buffer, length);

    /// <summary>The length, or minus libsrtp's error.</summary>
    internal int Unprotect(Span<byte> buffer, int length) => Run(&srtp_unprotect, buffer, length);

    internal int ProtectRtcp(Span<byte> buffer, int length) => Run(&srtp_protect_rtcp, buffer, length);

    internal int UnprotectRtcp(Span<byte> buffer, int length) => Run(&srtp_unprotect_rtcp, buffer, length);

    private int Run(delegate*<nint, byte*, int*, int> function, Span<byte> buffer, int length)
    {
        fixed (byte* pointer = buffer)
        {
            int result = length;
            int status = function(_session, pointer, &result);
            return status == 0 ? result : -status;
        }
    }

    [LibraryImport(Library)]
    private static partial int srtp_init();

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_rtp_default(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_rtcp_default(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_gcm_128_16_auth(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial int srtp_create(nint* session, Policy* policy);

    [LibraryImport(Library)]
    private static partial int srtp_dealloc(nint session);

    [LibraryImport(Library)]
    private static partial int srtp_protect(nint session, byte* packet, int* length);

    [LibraryImport(Library)]
    private static partial int srtp_unprotect(nint session, byte* packet, int* length);

    [LibraryImport(Library)]
    private static partial int srtp_protect_rtcp(nint session, byte* packet, int* length);

    [LibraryImport(Library)]
    private static partial int srtp_unprotect_rtcp(nint session, byte* packet, int* length);

    /// <summary>srtp_crypto_policy_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CryptoPolicy
    {
        public int CipherType;
        public int CipherKeyLength;
        public int AuthType;
        public int AuthKeyLength;
        public int AuthTagLength;
        public int Services;
    }

    /// <summary>srtp_policy_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Policy
    {
        public int SsrcType;
        public uint Ssrc;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public byte* Key;
        public nint Keys;
        public nuint MasterKeyCount;
        public nint DeprecatedEkt;
        public nuint WindowSize;
        public int AllowRepeatedSending;
        public nint EncryptedExtensions;
        public int EncryptedExtensionCount;
        public nint Next;
    }
}
