/** The geo commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const geoSignatures: string = `
geoadd; -5; write denyoom; 1 1 1; @write @geo @slow; ; 3.2.0; NX XX CH; ~RW update~index:1~range:0,1,0
geodist; -4; readonly; 1 1 1; @read @geo @slow; ; 3.2.0; M KM FT MI; ~RO access~index:1~range:0,1,0
geohash; -2; readonly; 1 1 1; @read @geo @slow; ; 3.2.0; ; ~RO access~index:1~range:0,1,0
geopos; -2; readonly; 1 1 1; @read @geo @slow; ; 3.2.0; ; ~RO access~index:1~range:0,1,0
georadius; -6; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & ~OW update~keyword:STORE,6~range:0,1,0 & ~OW update~keyword:STOREDIST,6~range:0,1,0
georadius_ro; -6; readonly; 1 1 1; @read @geo @slow; ; 3.2.10; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC; ~RO access~index:1~range:0,1,0
georadiusbymember; -5; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & ~OW update~keyword:STORE,5~range:0,1,0 & ~OW update~keyword:STOREDIST,5~range:0,1,0
georadiusbymember_ro; -5; readonly; 1 1 1; @read @geo @slow; ; 3.2.10; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC; ~RO access~index:1~range:0,1,0
geosearch; -7; readonly; 1 1 1; @read @geo @slow; ; 6.2.0; FROMMEMBER FROMLONLAT BYRADIUS M KM FT MI BYBOX ASC DESC COUNT ANY WITHCOORD WITHDIST WITHHASH; ~RO access~index:1~range:0,1,0
geosearchstore; -8; write denyoom; 1 2 1; @write @geo @slow; ; 6.2.0; FROMMEMBER FROMLONLAT BYRADIUS M KM FT MI BYBOX ASC DESC COUNT ANY STOREDIST; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:0,1,0
`;
