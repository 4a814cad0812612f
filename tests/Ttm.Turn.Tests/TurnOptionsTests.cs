namespace Ttm.Turn.Tests;

public sealed class TurnOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => new TurnOptions().Validate().ShouldBeEmpty();

    public static TheoryData<string, TurnOptions> Bad => new()
    {
        { "Turn:Realm", new TurnOptions { Realm = "" } },
        { "Turn:Realm", new TurnOptions { Realm = new string('r', 128) } },
        { "Turn:Secret", new TurnOptions { Secret = "short" } },
        { "Turn:Users", new TurnOptions { Users = new Dictionary<string, string> { [""] = "x" } } },
        { "Turn:Users:ann", new TurnOptions { Users = new Dictionary<string, string> { ["ann"] = "" } } },
        { "Turn:AllowedPeers", new TurnOptions { AllowedPeers = ["10.0.0.0/33"] } },
        { "Turn:AllowedPeers", new TurnOptions { AllowedPeers = ["10.0.0.0/8, everyone"] } },
        { "Turn:AllowedPeers", new TurnOptions { AllowedPeers = ["10/8"] } },
        { "Turn:AllowedPeers", new TurnOptions { AllowedPeers = ["::ffff:0:0/96"] } },
        { "Turn:RelayPorts", new TurnOptions { RelayPorts = "65535-49152" } },
        { "Turn:RelayPorts", new TurnOptions { RelayPorts = "0-10" } },
        { "Turn:RelayPorts", new TurnOptions { RelayPorts = "" } },
        { "Turn:AlternateServers", new TurnOptions { AlternateServers = ["192.0.2.1"] } },
        { "Turn:MaxAllocations", new TurnOptions { MaxAllocations = 0 } },
        { "Turn:MaxAllocationsPerUser", new TurnOptions { MaxAllocationsPerUser = 0 } },
        { "Turn:MaxBitsPerSecond", new TurnOptions { MaxBitsPerSecond = -1 } },
        { "Turn:UnauthenticatedRequestsPerSecond", new TurnOptions { UnauthenticatedRequestsPerSecond = 0 } },
        { "Turn:CredentialLifetime", new TurnOptions { CredentialLifetime = TimeSpan.FromDays(30) } },
        { "Turn:NonceLifetime", new TurnOptions { NonceLifetime = TimeSpan.Zero } },
        { "Turn:MaxLifetime", new TurnOptions { MaxLifetime = TimeSpan.FromSeconds(1) } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_ABadValue_IsOneSentenceWithItsKey(string key, TurnOptions options)
    {
        string error = options.Validate().ShouldHaveSingleItem();
        error.ShouldStartWith(key);
        error.ShouldEndWith(".");
    }
}
