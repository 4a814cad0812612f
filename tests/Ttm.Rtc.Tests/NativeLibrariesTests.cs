namespace Ttm.Rtc.Tests;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void Check_EverythingInstalled_SaysNothing()
    {
        NativeLibraries.Check(out string? sentence).ShouldBeTrue(sentence);
        sentence.ShouldBeNull();
    }

    [Fact]
    public void Register_Twice_IsNoError()
    {
        NativeLibraries.Register(typeof(NativeLibrariesTests).Assembly);
        NativeLibraries.Register(typeof(NativeLibrariesTests).Assembly);
    }

    [Fact]
    public void DescribeMissing_OpenSslOnDebian_NamesThePackageOnce()
    {
        string sentence = NativeLibraries.DescribeMissing(
            [NativeLibraries.Find(NativeLibraries.Ssl), NativeLibraries.Find(NativeLibraries.Crypto), NativeLibraries.Find(NativeLibraries.Opus)],
            isMacOS: false,
            isWindows: false);
        sentence.ShouldBe("TtmMedia needs OpenSSL 3 and libopus, which this machine does not have; install with: apt-get install libssl3 libopus0");
    }

    [Fact]
    public void DescribeMissing_OpenSslOnMacOS_NamesTheFormula() =>
        NativeLibraries.DescribeMissing([NativeLibraries.Find(NativeLibraries.Ssl)], isMacOS: true, isWindows: false)
            .ShouldEndWith("brew install openssl@3");

    [Fact]
    public void Candidates_MacOS_LooksIntoHomebrew()
    {
        string[] candidates = [.. NativeLibraries.Candidates(NativeLibraries.Find(NativeLibraries.Ssl), isMacOS: true, isWindows: false)];
        candidates[0].ShouldBe("libssl.3.dylib");
        candidates.ShouldContain("/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib");
        candidates.ShouldContain("/usr/local/opt/openssl@3/lib/libssl.3.dylib");
    }
}
