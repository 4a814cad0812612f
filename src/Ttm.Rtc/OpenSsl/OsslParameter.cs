using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>OSSL_PARAM of openssl/core.h; a list of them ends with a default one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OsslParameter
{
    /// <summary>OSSL_PARAM_UTF8_STRING.</summary>
    internal const uint Utf8String = 4;

    internal byte* Key;
    internal uint DataType;
    internal byte* Data;
    internal nuint DataSize;
    internal nuint ReturnSize;
}
