using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Ttm.Rtc;

/// <summary>
/// The C libraries TtmMedia stands on, and where each system keeps them. An assembly with bindings to one of them calls
/// <see cref="Register"/> before its first native call; Program calls <see cref="Check"/> at start.
/// </summary>
public static class NativeLibraries
{
    /// <summary>DTLS, of OpenSSL 3.</summary>
    public const string Ssl = "libssl";

    /// <summary>The ciphers of SRTP, of OpenSSL 3.</summary>
    public const string Crypto = "libcrypto";

    /// <summary>The Opus decoder.</summary>
    public const string Opus = "libopus";

    /// <summary>The MP3 encoder.</summary>
    public const string Lame = "libmp3lame";

    private static readonly NativeLibraryName[] Known =
    [
        new(Ssl, "libssl3", "openssl@3", "OpenSSL 3", ["libssl.so.3"], ["libssl.3.dylib"], ["libssl-3-x64.dll", "libssl-3-arm64.dll", "libssl-3.dll"]),
        new(Crypto, "libssl3", "openssl@3", "OpenSSL 3", ["libcrypto.so.3"], ["libcrypto.3.dylib"], ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-3.dll"]),
        new(Opus, "libopus0", "opus", "libopus", ["libopus.so.0", "libopus.so"], ["libopus.0.dylib", "libopus.dylib"], ["opus.dll", "libopus-0.dll", "libopus.dll"]),
        new(Lame, "libmp3lame0", "lame", "LAME", ["libmp3lame.so.0", "libmp3lame.so"], ["libmp3lame.0.dylib", "libmp3lame.dylib"], ["libmp3lame.dll", "libmp3lame-0.dll", "lame_enc.dll"]),
    ];

    private static readonly HashSet<Assembly> Registered = [];

    /// <summary>Makes the logical names above good in the assembly's <c>LibraryImport</c>s. May be called any number of times.</summary>
    public static void Register(Assembly assembly)
    {
        // .NET refuses a second resolver for one assembly.
        lock (Registered)
        {
            if (Registered.Add(assembly))
                NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => TryLoad(name, out nint handle) ? handle : 0);
        }
    }

    /// <summary>
    /// True where every library loads. Else one sentence for the operator: what is missing and what installs it.
    /// </summary>
    /// <param name="sentence">Null where nothing is missing.</param>
    /// <param name="libraries">Logical names; none means all that TtmMedia knows.</param>
    public static bool Check([NotNullWhen(false)] out string? sentence, params ReadOnlySpan<string> libraries)
    {
        List<NativeLibraryName> missing = [];
        foreach (NativeLibraryName known in Known)
        {
            if ((libraries.IsEmpty || libraries.Contains(known.LogicalName)) && !TryLoad(known.LogicalName, out _))
                missing.Add(known);
        }

        sentence = missing.Count == 0 ? null : DescribeMissing(missing, OperatingSystem.IsMacOS(), OperatingSystem.IsWindows());
        return sentence is null;
    }

    internal static string DescribeMissing(IReadOnlyList<NativeLibraryName> missing, bool isMacOS, bool isWindows)
    {
        string names = string.Join(" and ", missing.Select(library => library.Title).Distinct());
        if (isWindows)
            return $"TtmMedia needs {names}: put {string.Join(", ", missing.Select(library => library.Windows[0]))} beside the program or on the PATH.";

        string packages = string.Join(' ', missing.Select(library => isMacOS ? library.HomebrewFormula : library.DebianPackage).Distinct());
        return $"TtmMedia needs {names}, which this machine does not have; install with: {(isMacOS ? "brew install" : "apt-get install")} {packages}";
    }

    internal static NativeLibraryName Find(string logicalName) => Array.Find(Known, library => library.LogicalName == logicalName)!;

    /// <summary>Every path to try, the plain file names first, which the system's own loader looks for.</summary>
    internal static IEnumerable<string> Candidates(NativeLibraryName library, bool isMacOS, bool isWindows)
    {
        if (isWindows)
            return library.Windows;
        if (!isMacOS)
            return library.Linux;

        // Homebrew's directories are not on the loader's path, and openssl@3 is keg-only on older installations.
        string[] directories =
        [
            "", $"/opt/homebrew/opt/{library.HomebrewFormula}/lib/", "/opt/homebrew/lib/",
            $"/usr/local/opt/{library.HomebrewFormula}/lib/", "/usr/local/lib/", "/opt/local/lib/",
        ];
        return directories.SelectMany(directory => library.MacOS.Select(file => directory + file));
    }

    private static bool TryLoad(string logicalName, out nint handle)
    {
        handle = 0;
        if (Find(logicalName) is not { } library)
            return false;

        foreach (string candidate in Candidates(library, OperatingSystem.IsMacOS(), OperatingSystem.IsWindows()))
        {
            if (NativeLibrary.TryLoad(candidate, out handle))
                return true;
        }

        return false;
    }
}
