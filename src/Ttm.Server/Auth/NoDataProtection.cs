using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Ttm.Server.Auth;

/// <summary>
/// ASP.NET's authentication brings data protection along, which makes keys at the start and writes them to the home directory. Nothing here is protected by
/// them, so they stay in memory.
/// </summary>
internal static class NoDataProtection
{
    public static void AddNoDataProtection(this IServiceCollection services) => services.Configure<KeyManagementOptions>(keys =>
    {
        keys.XmlRepository = new Memory();
        keys.XmlEncryptor = new NullXmlEncryptor();
    });

    private sealed class Memory : IXmlRepository
    {
        private readonly List<XElement> _elements = [];

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            lock (_elements)
                return [.. _elements];
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            lock (_elements)
                _elements.Add(element);
        }
    }
}
