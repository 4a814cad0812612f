using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ttm.Rtc.OpenSsl;

/// <summary>
/// This thread's error queue in OpenSSL. Exceptions are for calls that depend on no peer's bytes: those fail only when memory is out
/// or the installation lacks an algorithm.
/// </summary>
internal static unsafe class OpenSslError
{
    internal static CryptographicException ToException(string function) => new($"{function}: {TakeLastError() ?? "failed"}");

    /// <summary>The newest entry of this thread's error queue, which is emptied; null where there is none.</summary>
    internal static string? TakeLastError()
    {
        nuint error = LibCrypto.ERR_peek_last_error();
        LibCrypto.ERR_clear_error();
        if (error == 0)
            return null;

        byte* text = stackalloc byte[256];
        LibCrypto.ERR_error_string_n(error, text, 256);
        return Marshal.PtrToStringUTF8((nint)text);
    }
}
