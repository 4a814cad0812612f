namespace Ttm.Rtc;

/// <summary>One C library: its logical name, what installs it, and the file names it has on each system, the best first.</summary>
internal sealed record NativeLibraryName(
    string LogicalName,
    string DebianPackage,
    string HomebrewFormula,
    string Title,
    string[] Linux,
    string[] MacOS,
    string[] Windows);
